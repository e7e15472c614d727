package dev.insitu.forge.integer;

import dev.insitu.elastic.ElementType;
import dev.insitu.forge.samples.Column;
import dev.insitu.forge.samples.Samples;
import dev.insitu.model.proto.AttributeProto;
import dev.insitu.model.proto.AttributeProto.AttributeType;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.OperatorSetIdProto;
import dev.insitu.model.proto.TensorProto.DataType;
import dev.insitu.model.proto.ValueInfoProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Builds small networks with random weights, and samples for them. */
public final class TestNet {

  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("test");
  private final Random random;
  private int opset = 17;

  public TestNet(long seed) {
    random = new Random(seed);
  }

  TestNet opset(int version) {
    opset = version;
    return this;
  }

  public TestNet input(String name, long... dims) {
    graph.addInput(value(name, dims));
    return this;
  }

  public TestNet output(String name, long... dims) {
    graph.addOutput(value(name, dims));
    return this;
  }

  /** A constant of normal values around {@code mean}. */
  public TestNet constant(String name, double mean, double deviation, long... dims) {
    long count = 1;
    for (long dim : dims) {
      count *= dim;
    }
    float[] values = new float[(int) count];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (mean + deviation * random.nextGaussian());
    }
    graph.addInitializer(Constants.ofFloats(name, values, dims));
    return this;
  }

  TestNet numbers(String name, long... values) {
    graph.addInitializer(Constants.ofLongs(name, values, values.length));
    return this;
  }

  public TestNet node(String operator, String output, String... inputs) {
    graph.addNode(Nodes.of(operator, List.of(inputs), output));
    return this;
  }

  /** Gives the last node an attribute of integers; one alone is no list if {@code single}. */
  TestNet with(String attribute, boolean single, long... values) {
    NodeProto.Builder node = graph.getNodeBuilder(graph.getNodeCount() - 1);
    AttributeProto.Builder added = AttributeProto.newBuilder().setName(attribute);
    if (single) {
      added.setType(AttributeType.INT).setI(values[0]);
    } else {
      added.setType(AttributeType.INTS);
      for (long value : values) {
        added.addInts(value);
      }
    }
    node.addAttribute(added);
    return this;
  }

  /** A 3x3 convolution with bias that keeps height and width. */
  public TestNet conv(String input, String output, int from, int to) {
    constant(output + ".weight", 0, 1 / Math.sqrt(9.0 * from), to, from, 3, 3);
    constant(output + ".bias", 0, 0.1, to);
    return node("Conv", output, input, output + ".weight", output + ".bias")
        .with("pads", false, 1, 1, 1, 1);
  }

  public TestNet norm(String input, String output, int channels) {
    constant(output + ".gamma", 1, 0.2, channels);
    constant(output + ".beta", 0, 0.2, channels);
    constant(output + ".mean", 0, 0.2, channels);
    constant(output + ".var", 1, 0.1, channels);
    return node(
        "BatchNormalization",
        output,
        input,
        output + ".gamma",
        output + ".beta",
        output + ".mean",
        output + ".var");
  }

  private static ValueInfoProto value(String name, long... dims) {
    ValueInfoProto.Builder value = ValueInfoProto.newBuilder().setName(name);
    var tensor = value.getTypeBuilder().getTensorTypeBuilder().setElemType(DataType.FLOAT_VALUE);
    for (long dim : dims) {
      var added = tensor.getShapeBuilder().addDimBuilder();
      if (dim < 0) {
        added.setDimParam("batch");
      } else {
        added.setDimValue(dim);
      }
    }
    return value.build();
  }

  ModelProto model() {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset))
        .setGraph(graph)
        .build();
  }

  public Path write(Path file) throws IOException {
    return Files.write(file, model().toByteArray());
  }

  public static Samples samples(String input, int count, long seed, long... shape) {
    Random random = new Random(seed);
    int each = 1;
    for (long dim : shape) {
      each *= (int) dim;
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(each * count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      bytes.putFloat((float) random.nextGaussian());
    }
    Column column = new Column(ElementType.FLOAT32, shape, count, bytes.flip());
    return new Samples(Map.of(input, column), Optional.empty(), "a test");
  }

  /** A residual network with normalisations, a padded shortcut and a classifier. */
  static TestNet residual(long seed) {
    return new TestNet(seed)
        .input("x", -1, 3, 8, 8)
        .conv("x", "c1", 3, 8)
        .norm("c1", "n1", 8)
        .node("Relu", "r1", "n1")
        .conv("r1", "c2", 8, 12)
        .norm("c2", "n2", 12)
        .numbers("pads", 0, 2, 0, 0, 0, 2, 0, 0)
        .node("Pad", "short", "r1", "pads")
        .node("Add", "sum", "n2", "short")
        .node("Relu", "r2", "sum")
        .node("MaxPool", "pool", "r2")
        .with("kernel_shape", false, 2, 2)
        .with("strides", false, 2, 2)
        .node("GlobalAveragePool", "mean", "pool")
        .node("Flatten", "flat", "mean")
        .constant("fc.weight", 0, 0.3, 10, 12)
        .constant("fc.bias", 0, 0.1, 10)
        .node("Gemm", "y", "flat", "fc.weight", "fc.bias")
        .with("transB", true, 1)
        .output("y", -1, 10);
  }
}
