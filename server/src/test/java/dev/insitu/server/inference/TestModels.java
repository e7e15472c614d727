package dev.insitu.server.inference;

import com.google.protobuf.ByteString;
import dev.insitu.elastic.ElementType;
import dev.insitu.model.proto.AttributeProto;
import dev.insitu.model.proto.AttributeProto.AttributeType;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.OperatorSetIdProto;
import dev.insitu.model.proto.TensorProto;
import dev.insitu.model.proto.TensorShapeProto;
import dev.insitu.model.proto.TensorShapeProto.Dimension;
import dev.insitu.model.proto.TypeProto;
import dev.insitu.model.proto.ValueInfoProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** Small models from x[batch, 8] to y[batch, 8]. */
public final class TestModels {

  static final int COLUMNS = 8;

  private TestModels() {}

  /** y = x W, with an open number of samples. */
  public static Path product(Path file) throws IOException {
    return write(file, -1, List.of(node("MatMul", List.of("x", "w"), "y").build()));
  }

  /** The same for one sample only. */
  public static Path productOfOne(Path file) throws IOException {
    return write(file, 1, List.of(node("MatMul", List.of("x", "w"), "y").build()));
  }

  /** y = (x - mean of x over the first dimension) W: that dimension is open, but no batch. */
  public static Path mixing(Path file) throws IOException {
    AttributeProto axes =
        AttributeProto.newBuilder().setName("axes").setType(AttributeType.INTS).addInts(0).build();
    return write(
        file,
        -1,
        List.of(
            node("ReduceMean", List.of("x"), "m").addAttribute(axes).build(),
            node("Sub", List.of("x", "m"), "d").build(),
            node("MatMul", List.of("d", "w"), "y").build()));
  }

  private static Path write(Path file, long batch, List<NodeProto> nodes) throws IOException {
    Random random = new Random(7);
    ByteBuffer weights = ByteBuffer.allocate(4 * COLUMNS * COLUMNS).order(ByteOrder.LITTLE_ENDIAN);
    while (weights.hasRemaining()) {
      weights.putFloat((float) random.nextGaussian());
    }
    GraphProto graph =
        GraphProto.newBuilder()
            .setName("test")
            .addInput(value("x", batch))
            .addOutput(value("y", batch))
            .addInitializer(
                TensorProto.newBuilder()
                    .setName("w")
                    .setDataType(ElementType.FLOAT32.onnx())
                    .addDims(COLUMNS)
                    .addDims(COLUMNS)
                    .setRawData(ByteString.copyFrom(weights.flip())))
            .addAllNode(nodes)
            .build();
    ModelProto model =
        ModelProto.newBuilder()
            .setIrVersion(8)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
            .setGraph(graph)
            .build();
    return Files.write(file, model.toByteArray());
  }

  private static NodeProto.Builder node(String op, List<String> inputs, String output) {
    return NodeProto.newBuilder()
        .setOpType(op)
        .setName(op + output)
        .addAllInput(inputs)
        .addOutput(output);
  }

  private static ValueInfoProto value(String name, long batch) {
    Dimension.Builder first =
        batch < 0
            ? Dimension.newBuilder().setDimParam("batch")
            : Dimension.newBuilder().setDimValue(batch);
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder()
                        .setElemType(ElementType.FLOAT32.onnx())
                        .setShape(
                            TensorShapeProto.newBuilder()
                                .addDim(first)
                                .addDim(Dimension.newBuilder().setDimValue(COLUMNS)))))
        .build();
  }
}
