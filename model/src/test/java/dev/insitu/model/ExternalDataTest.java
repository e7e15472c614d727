package dev.insitu.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.TensorProto;
import dev.insitu.model.proto.TensorProto.DataType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExternalDataTest {

  private static final int BYTES = 8 * 8 * 4;

  @TempDir Path parent;
  private Path folder;
  private byte[] values;

  @BeforeEach
  void writeData() throws IOException {
    folder = Files.createDirectories(parent.resolve("model"));
    values = Onnx.array(Onnx.randomFloats("w", 8, 8));
    Files.write(folder.resolve("w.bin"), values);
    Files.write(parent.resolve("secret.bin"), values);
  }

  private Path model(String location, long offset, long length) throws IOException {
    TensorProto.Builder tensor =
        Onnx.external(Onnx.tensor("w", Onnx.FLOAT, 8, 8), location, offset, length);
    return Onnx.write(Onnx.model(13, Onnx.matMul(tensor, 8, 8)), folder.resolve("m.onnx"));
  }

  private void assertRefused(Path file, String... parts) {
    String message = assertThrows(OnnxException.class, () -> OnnxModel.open(file)).getMessage();
    for (String part : parts) {
      assertTrue(message.contains(part), message);
    }
  }

  @Test
  void valuesAreRead() throws IOException {
    try (OnnxModel model = OnnxModel.open(model("w.bin", 0, BYTES))) {
      assertArrayEquals(values, Onnx.read(model.weights().getFirst()));
      assertEquals(2, model.files().size());
    }
  }

  @Test
  void fileInAFolderBelowIsFound() throws IOException {
    Files.createDirectories(folder.resolve("data"));
    Files.write(folder.resolve("data/w.bin"), values);
    try (OnnxModel model = OnnxModel.open(model("data/w.bin", 0, BYTES))) {
      assertArrayEquals(values, Onnx.read(model.weights().getFirst()));
    }
  }

  @Test
  void wayOutOfTheFolderIsRefused() throws IOException {
    assertRefused(model("../secret.bin", 0, BYTES), "../secret.bin", "outside the model's folder");
    assertRefused(model("x/../../secret.bin", 0, BYTES), "outside");
    Path absolute = parent.resolve("secret.bin").toAbsolutePath();
    assertRefused(model(absolute.toString(), 0, BYTES), "outside");
  }

  @Test
  void linkOutOfTheFolderIsRefused() throws IOException {
    Files.createSymbolicLink(folder.resolve("link.bin"), parent.resolve("secret.bin"));
    assertRefused(model("link.bin", 0, BYTES), "link.bin", "outside");
  }

  @Test
  void downloadCacheOfLinksIsRead() throws IOException {
    Path file = model("w.bin", 0, BYTES);
    Path blobs = Files.createDirectories(parent.resolve("blobs"));
    Path snapshot = Files.createDirectories(parent.resolve("snapshots/1"));
    Files.move(file, blobs.resolve("aaaa"));
    Files.move(folder.resolve("w.bin"), blobs.resolve("bbbb"));
    Files.createSymbolicLink(snapshot.resolve("m.onnx"), blobs.resolve("aaaa"));
    Files.createSymbolicLink(snapshot.resolve("w.bin"), blobs.resolve("bbbb"));
    try (OnnxModel model = OnnxModel.open(snapshot.resolve("m.onnx"))) {
      assertArrayEquals(values, Onnx.read(model.weights().getFirst()));
    }
  }

  @Test
  void whatIsMissingIsNamed() throws IOException {
    assertRefused(model("gone.bin", 0, BYTES), "tensor 'w'", "gone.bin", "does not exist");
    assertRefused(model("w.bin", 4, BYTES), "w.bin", "has only 256 bytes");
    assertRefused(model("w.bin", 0, BYTES - 4), "252 bytes", "needs 256");
    assertRefused(model("w.bin", -4, BYTES), "negative");
    assertRefused(model("w.bin", Long.MAX_VALUE, BYTES), "has only 256 bytes");
    assertRefused(model("", 0, BYTES), "without a location");
  }

  @Test
  void weightsThatShareAPlaceAreOne() throws IOException {
    GraphProto.Builder graph =
        Onnx.matMul(Onnx.external(Onnx.tensor("w", Onnx.FLOAT, 8, 8), "w.bin", 0, BYTES), 8, 8)
            .addInitializer(Onnx.external(Onnx.tensor("v", Onnx.FLOAT, 8, 8), "w.bin", 0, BYTES))
            .addOutput(Onnx.value("z", Onnx.FLOAT, 1, 8))
            .addNode(Onnx.node("MatMul", List.of("y", "v"), "z"));
    Path file = Onnx.write(Onnx.model(13, graph), folder.resolve("m.onnx"));
    try (OnnxModel model = OnnxModel.open(file)) {
      assertEquals(1, model.weights().size());
      assertEquals(64, model.parameterCount());
    }
  }

  /** A sparse file: 5 Gi elements, more than an int can count, behind an offset of 4 GiB. */
  @Test
  void tensorsBeyondTwoGibiElementsAreAddressed() throws IOException {
    long offset = 4L << 30;
    long length = 5L << 30;
    try (FileChannel channel =
        FileChannel.open(
            folder.resolve("big.bin"),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.SPARSE,
            StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), offset + length - 3);
    }
    TensorProto.Builder tensor =
        Onnx.external(
            Onnx.tensor("w", DataType.INT8_VALUE, 5L << 15, 1L << 15), "big.bin", offset, length);
    Path file =
        Onnx.write(
            Onnx.model(13, Onnx.matMul(tensor, 5L << 15, 1L << 15)), folder.resolve("m.onnx"));
    try (OnnxModel model = OnnxModel.open(file)) {
      Weight weight = model.weights().getFirst();
      assertEquals(length, weight.elements());
      ByteBuffer end = ByteBuffer.allocate(4);
      weight.read(length - 4, end);
      assertArrayEquals(new byte[] {0, 1, 2, 3}, end.array());
      assertThrows(OnnxException.class, () -> weight.read(length - 3, ByteBuffer.allocate(4)));
    }
  }
}
