package dev.insitu.train.zoo;

import com.google.protobuf.ByteString;
import dev.insitu.model.proto.AttributeProto;
import dev.insitu.model.proto.AttributeProto.AttributeType;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.OperatorSetIdProto;
import dev.insitu.model.proto.TensorProto;
import dev.insitu.model.proto.TensorProto.DataType;
import dev.insitu.model.proto.TensorShapeProto;
import dev.insitu.model.proto.TensorShapeProto.Dimension;
import dev.insitu.model.proto.TypeProto;
import dev.insitu.model.proto.ValueInfoProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Adds layers to an ONNX graph, each with fresh weights. A method takes the names of a layer and of
 * the tensor it reads, and returns the name of the tensor it writes. Not thread-safe.
 */
public final class GraphBuilder {

  private static final int OPSET = 17;
  private static final int IR_VERSION = 8;
  private static final float BATCH_NORM_EPSILON = 1e-5f;

  private final GraphProto.Builder graph;
  private final RandomGenerator random;

  /**
   * An empty graph.
   *
   * @param random what the weights are drawn from
   */
  public GraphBuilder(String name, RandomGenerator random) {
    this.graph = GraphProto.newBuilder().setName(name);
    this.random = random;
  }

  /** Declares an input, float[batch][dims...]. */
  public String input(String name, int... dims) {
    graph.addInput(value(name, dims));
    return name;
  }

  /** A convolution without bias, padded so that stride 1 keeps the size; He initialisation. */
  public String conv(String name, String input, int from, int to, int kernel, int stride) {
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

  /** A batch normalisation that does nothing yet. */
  public String batchNorm(String name, String input, int channels) {
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

  public String relu(String name, String input) {
    return node(name, "Relu", List.of(input));
  }

  public String add(String name, String left, String right) {
    return node(name, "Add", List.of(left, right));
  }

  /** Mean over height and width, then float[batch][channels]. */
  public String pool(String name, String input) {
    String pooled = node(name, "GlobalAveragePool", List.of(input));
    return node(name + ".flat", "Flatten", List.of(pooled));
  }

  /** Mean over one dimension, which is gone then. */
  public String mean(String name, String input, int axis) {
    AttributeProto gone =
        AttributeProto.newBuilder().setName("keepdims").setType(AttributeType.INT).setI(0).build();
    return node(name, "ReduceMean", List.of(input), ints("axes", axis), gone);
  }

  /** A dense layer with bias, float[batch][from] to float[batch][to]. */
  public String linear(String name, String input, int from, int to) {
    String weight = gaussian(name + ".weight", Math.sqrt(1.0 / from), to, from);
    return linear(name, input, weight, constant(name + ".bias", 0, to));
  }

  /**
   * A dense layer that has learnt.
   *
   * @param weight float[to][from], row after row
   * @param bias float[to]
   */
  public String linear(String name, String input, float[] weight, float[] bias) {
    int to = bias.length;
    return linear(
        name,
        input,
        initializer(name + ".weight", weight, to, weight.length / to),
        initializer(name + ".bias", bias, to));
  }

  private String linear(String name, String input, String weight, String bias) {
    AttributeProto transposed =
        AttributeProto.newBuilder().setName("transB").setType(AttributeType.INT).setI(1).build();
    return node(name, "Gemm", List.of(input, weight, bias), transposed);
  }

  /** Declares a tensor, float[batch][dims...], to be an output. */
  public GraphBuilder output(String name, int... dims) {
    graph.addOutput(value(name, dims));
    return this;
  }

  /** The model with what was added so far. */
  public ModelProto model(String producer) {
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
        .setProducerName(producer)
        .setGraph(graph)
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
    ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(DataType.FLOAT_VALUE)
            .setRawData(ByteString.copyFrom(raw));
    for (int dim : shape) {
      tensor.addDims(dim);
    }
    graph.addInitializer(tensor);
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
        TypeProto.Tensor.newBuilder().setElemType(DataType.FLOAT_VALUE).setShape(shape).build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }
}
