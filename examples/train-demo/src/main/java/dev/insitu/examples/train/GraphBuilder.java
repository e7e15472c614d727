package dev.insitu.examples.train;

import com.google.protobuf.ByteString;
import dev.insitu.examples.train.onnx.AttributeProto;
import dev.insitu.examples.train.onnx.AttributeProto.AttributeType;
import dev.insitu.examples.train.onnx.GraphProto;
import dev.insitu.examples.train.onnx.ModelProto;
import dev.insitu.examples.train.onnx.NodeProto;
import dev.insitu.examples.train.onnx.OperatorSetIdProto;
import dev.insitu.examples.train.onnx.TensorProto;
import dev.insitu.examples.train.onnx.TensorShapeProto;
import dev.insitu.examples.train.onnx.TensorShapeProto.Dimension;
import dev.insitu.examples.train.onnx.TypeProto;
import dev.insitu.examples.train.onnx.ValueInfoProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Adds layers to an ONNX graph, each with fresh weights. A method takes the names of a layer and of
 * the tensor it reads, and returns the name of the tensor it writes. Not thread-safe.
 */
final class GraphBuilder {
  /** ONNX TensorProto.DataType.FLOAT. */
  static final int FLOAT = 1;

  private static final int OPSET = 17;
  private static final int IR_VERSION = 8;
  private static final float BATCH_NORM_EPSILON = 1e-5f;

  private final GraphProto.Builder graph;
  private final SplittableRandom random;

  GraphBuilder(String name, SplittableRandom random) {
    this.graph = GraphProto.newBuilder().setName(name);
    this.random = random;
  }

  /** Declares the input, float[batch][channels][size][size]. */
  String image(String name, int channels, int size) {
    graph.addInput(value(name, channels, size, size));
    return name;
  }

  /** A convolution without bias, padded so that stride 1 keeps the size; He initialisation. */
  String conv(String name, String input, int from, int to, int kernel, int stride) {
    double deviation = Math.sqrt(2.0 / (from * kernel * kernel));
    String weight = gaussian(name + ".weight", deviation, to, from, kernel, kernel);
    long pad = kernel / 2;
    return node(
        name,
        "Conv",
        List.of(input, weight),
        ints("kernel_shape", kernel, kernel),
        ints("pads", pad, pad, pad, pad),
        ints("strides", stride, stride));
  }

  String batchNorm(String name, String input, int channels) {
    return node(
        name,
        "BatchNormalization",
        List.of(
            input,
            constant(name + ".scale", 1, channels),
            constant(name + ".bias", 0, channels),
            constant(name + ".mean", 0, channels),
            constant(name + ".variance", 1, channels)),
        decimal("epsilon", BATCH_NORM_EPSILON));
  }

  String relu(String name, String input) {
    return node(name, "Relu", List.of(input));
  }

  String add(String name, String left, String right) {
    return node(name, "Add", List.of(left, right));
  }

  /** Mean over height and width, then float[batch][channels]. */
  String pool(String name, String input) {
    String pooled = node(name, "GlobalAveragePool", List.of(input));
    return node(name + ".flat", "Flatten", List.of(pooled));
  }

  /** A dense layer with bias whose output is called {@code name} and is the graph's output. */
  ModelProto linearOutput(String name, String input, int from, int to) {
    String weight = gaussian(name + ".weight", Math.sqrt(1.0 / from), to, from);
    String bias = constant(name + ".bias", 0, to);
    AttributeProto transposed =
        AttributeProto.newBuilder().setName("transB").setType(AttributeType.INT).setI(1).build();
    node(name, "Gemm", List.of(input, weight, bias), transposed);
    graph.addOutput(value(name, to));
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
        .setProducerName("insitu-train-demo")
        .setGraph(graph)
        .build();
  }

  /** A float tensor in ONNX form, little-endian. */
  static TensorProto tensor(String name, float[] values, List<Long> shape) {
    ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(FLOAT)
        .addAllDims(shape)
        .setRawData(ByteString.copyFrom(raw))
        .build();
  }

  private String node(String name, String type, List<String> inputs, AttributeProto... attributes) {
    graph.addNode(
        NodeProto.newBuilder()
            .setName(name)
            .setOpType(type)
            .addAllInput(inputs)
            .addOutput(name)
            .addAllAttribute(Arrays.asList(attributes)));
    return name;
  }

  private String gaussian(String name, double deviation, int... shape) {
    float[] values = new float[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    return initializer(name, values, shape);
  }

  private String constant(String name, float value, int length) {
    float[] values = new float[length];
    Arrays.fill(values, value);
    return initializer(name, values, length);
  }

  private String initializer(String name, float[] values, int... shape) {
    graph.addInitializer(
        tensor(name, values, Arrays.stream(shape).asLongStream().boxed().toList()));
    return name;
  }

  private static AttributeProto ints(String name, long... values) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.INTS)
        .addAllInts(Arrays.stream(values).boxed().toList())
        .build();
  }

  private static AttributeProto decimal(String name, float value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.FLOAT)
        .setF(value)
        .build();
  }

  private static ValueInfoProto value(String name, int... afterBatch) {
    TensorShapeProto.Builder shape =
        TensorShapeProto.newBuilder().addDim(Dimension.newBuilder().setDimParam("batch"));
    for (int length : afterBatch) {
      shape.addDim(Dimension.newBuilder().setDimValue(length));
    }
    TypeProto.Tensor tensor =
        TypeProto.Tensor.newBuilder().setElemType(FLOAT).setShape(shape).build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }
}
