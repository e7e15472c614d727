package dev.insitu.forge;

import dev.insitu.model.proto.AttributeProto;
import dev.insitu.model.proto.AttributeProto.AttributeType;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.NodeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A random convolutional net: residuals, concatenations, depthwise layers, slopes, batch norms. */
final class RandomNet {

  private static final int LAYERS = 8;

  private final Random random;
  private final GraphProto.Builder graph = Onnx.graph();
  private final List<Value> values = new ArrayList<>();

  /** A value [open, channels, 8, 8]. */
  private record Value(String name, int channels) {}

  private RandomNet(long seed) {
    this.random = new Random(seed);
  }

  /** From x [open, 3, 8, 8] to y [open, 5]. */
  static GraphProto.Builder make(long seed) {
    RandomNet net = new RandomNet(seed);
    net.graph.addInput(Onnx.value("x", Onnx.FLOAT, -1, 3, 8, 8));
    net.graph.addOutput(Onnx.value("y", Onnx.FLOAT, -1, 5));
    net.values.add(new Value(net.conv("x", 3, 16, 1, "stem"), 16));
    for (int layer = 0; layer < LAYERS; layer++) {
      net.layer("l" + layer);
    }
    Value last = net.values.getLast();
    net.graph
        .addNode(Onnx.node("GlobalAveragePool", List.of(last.name()), "pooled"))
        .addNode(Onnx.node("Flatten", List.of("pooled"), "flat"))
        .addInitializer(Onnx.random("fc.w", net.random, 5, last.channels()))
        .addInitializer(Onnx.random("fc.b", net.random, 5))
        .addNode(
            Onnx.node("Gemm", List.of("flat", "fc.w", "fc.b"), "y")
                .addAttribute(Onnx.attribute("transB", 1)));
    return net.graph;
  }

  /** A head that reads a value of so many channels. */
  static GraphProto.Builder head(String input, int channels, long seed) {
    Random random = new Random(seed);
    return Onnx.graph()
        .addInput(Onnx.value(input, Onnx.FLOAT, -1, channels, 8, 8))
        .addOutput(Onnx.value("scores", Onnx.FLOAT, -1, 5))
        .addInitializer(Onnx.random("w", random, channels, 5))
        .addInitializer(Onnx.random("b", random, 5))
        .addNode(Onnx.node("GlobalAveragePool", List.of(input), "p"))
        .addNode(Onnx.node("Flatten", List.of("p"), "f"))
        .addNode(Onnx.node("MatMul", List.of("f", "w"), "m"))
        .addNode(Onnx.node("Add", List.of("m", "b"), "scores"));
  }

  /** Channels of what a node of such a net makes. */
  static int channels(GraphProto graph, NodeProto node) {
    return switch (node.getOpType()) {
      case "Concat" -> node.getInputList().stream().mapToInt(input -> channels(graph, input)).sum();
      case "Conv" ->
          graph.getInitializerList().stream()
              .filter(tensor -> tensor.getName().equals(node.getInput(1)))
              .mapToInt(tensor -> (int) tensor.getDims(0))
              .findFirst()
              .orElseThrow();
      default -> channels(graph, node.getInput(0));
    };
  }

  private static int channels(GraphProto graph, String value) {
    return graph.getNodeList().stream()
        .filter(node -> node.getOutput(0).equals(value))
        .mapToInt(node -> channels(graph, node))
        .findFirst()
        .orElseThrow();
  }

  private void layer(String name) {
    Value from = values.get(values.size() - 1 - random.nextInt(Math.min(2, values.size())));
    switch (random.nextInt(6)) {
      case 0 -> residual(from, name);
      case 1 -> {
        Value other = values.get(random.nextInt(values.size()));
        if (from.channels() + other.channels() <= 64) {
          graph.addNode(
              Onnx.node("Concat", List.of(from.name(), other.name()), name)
                  .addAttribute(Onnx.attribute("axis", 1)));
          values.add(new Value(name, from.channels() + other.channels()));
        }
      }
      case 2 -> {
        conv(from.name(), from.channels(), from.channels(), from.channels(), name);
        values.add(new Value(name, from.channels()));
      }
      case 3 -> {
        graph.addInitializer(Onnx.random(name + ".s", random, from.channels(), 1, 1));
        graph.addNode(Onnx.node("PRelu", List.of(from.name(), name + ".s"), name));
        values.add(new Value(name, from.channels()));
      }
      case 4 -> {
        normalized(from, name);
        values.add(new Value(name, from.channels()));
      }
      default -> {
        int to = 8 * (1 + random.nextInt(6));
        conv(from.name(), from.channels(), to, 1, name);
        values.add(new Value(name, to));
      }
    }
  }

  private void residual(Value from, String name) {
    int inner = 8 * (1 + random.nextInt(4));
    conv(from.name(), from.channels(), inner, 1, name + ".a");
    graph.addNode(Onnx.node("Relu", List.of(name + ".a"), name + ".r"));
    conv(name + ".r", inner, from.channels(), 1, name + ".c");
    graph.addNode(Onnx.node("Add", List.of(name + ".c", from.name()), name));
    values.add(new Value(name, from.channels()));
  }

  private void normalized(Value from, String name) {
    float[] positive = new float[from.channels()];
    java.util.Arrays.fill(positive, 1.5f);
    graph
        .addInitializer(Onnx.random(name + ".g", random, from.channels()))
        .addInitializer(Onnx.random(name + ".b", random, from.channels()))
        .addInitializer(Onnx.random(name + ".m", random, from.channels()))
        .addInitializer(Onnx.floats(name + ".v", positive, from.channels()))
        .addNode(
            Onnx.node(
                "BatchNormalization",
                List.of(from.name(), name + ".g", name + ".b", name + ".m", name + ".v"),
                name));
  }

  /** A convolution with kernels of 3 x 3. Returns its output. */
  private String conv(String in, int from, int to, int group, String out) {
    graph.addInitializer(Onnx.random(out + ".w", random, to, from / group, 3, 3));
    graph.addInitializer(Onnx.random(out + ".b", random, to));
    AttributeProto.Builder pads =
        AttributeProto.newBuilder().setName("pads").setType(AttributeType.INTS);
    for (int i = 0; i < 4; i++) {
      pads.addInts(1);
    }
    NodeProto.Builder node = Onnx.node("Conv", List.of(in, out + ".w", out + ".b"), out);
    graph.addNode(node.addAttribute(pads).addAttribute(Onnx.attribute("group", group)));
    return out;
  }
}
