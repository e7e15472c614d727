package dev.insitu.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.TensorProto;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryTest {

  private static final long WEIGHT_BYTES = 1L << 30;

  @TempDir Path folder;

  /**
   * A process with a 32 MiB heap reads a model whose single file has 2 GiB, but for a few bytes a
   * hole.
   */
  @Test
  void memoryDoesNotGrowWithTheModel() throws IOException, InterruptedException {
    Path file = folder.resolve("big.onnx");
    write(file);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx32m",
                "-XX:MaxDirectMemorySize=16m",
                "-cp",
                System.getProperty("java.class.path"),
                MemoryTest.class.getName(),
                file.toString())
            .inheritIO()
            .start();
    assertEquals(0, process.waitFor());
  }

  /** Opens, divides and reads the ends of all weights. */
  public static void main(String[] args) {
    try (OnnxModel model = OnnxModel.open(Path.of(args[0]))) {
      SegmentPlan plan = Segmenter.group(model, SegmentOptions.DEFAULT);
      new SegmentGraphs(model, plan).wholeGraph(weight -> weight * WEIGHT_BYTES);
      ByteBuffer buffer = ByteBuffer.allocate(8 << 20);
      for (Weight weight : model.weights()) {
        weight.read(weight.byteLength() - buffer.capacity(), buffer.clear());
      }
      System.exit(model.weights().size() == 2 ? 0 : 3);
    }
  }

  private static void write(Path file) throws IOException {
    GraphProto.Builder nodes =
        Onnx.graph()
            .addInput(Onnx.value("x", Onnx.FLOAT, 1, 1 << 14))
            .addOutput(Onnx.value("y", Onnx.FLOAT, 1, 1 << 14))
            .addNode(Onnx.node("MatMul", List.of("x", "w0"), "m"))
            .addNode(Onnx.node("MatMul", List.of("m", "w1"), "y"));
    long tensorBytes = tensorHead("w0").length + WEIGHT_BYTES;
    long field = 1 + CodedOutputStream.computeUInt64SizeNoTag(tensorBytes) + tensorBytes;
    byte[] rest = nodes.build().toByteArray();
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.SPARSE,
            StandardOpenOption.WRITE)) {
      ModelProto model = Onnx.model(13, Onnx.graph()).clearGraph().build();
      channel.write(ByteBuffer.wrap(model.toByteArray()));
      channel.write(head(ModelProto.GRAPH_FIELD_NUMBER, 2 * field + rest.length));
      channel.write(ByteBuffer.wrap(rest));
      for (int i = 0; i < 2; i++) {
        channel.write(head(GraphProto.INITIALIZER_FIELD_NUMBER, tensorBytes));
        channel.write(ByteBuffer.wrap(tensorHead("w" + i)));
        channel.position(channel.position() + WEIGHT_BYTES - 1);
        channel.write(ByteBuffer.wrap(new byte[1]));
      }
    }
  }

  private static byte[] tensorHead(String name) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(Onnx.tensor(name, Onnx.FLOAT, 1 << 14, 1 << 14).build().toByteArray());
    ByteBuffer raw = head(TensorProto.RAW_DATA_FIELD_NUMBER, WEIGHT_BYTES);
    bytes.write(raw.array(), raw.arrayOffset(), raw.remaining());
    return bytes.toByteArray();
  }

  private static ByteBuffer head(int field, long length) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    out.writeUInt64NoTag(length);
    out.flush();
    return ByteBuffer.wrap(bytes.toByteArray());
  }
}
