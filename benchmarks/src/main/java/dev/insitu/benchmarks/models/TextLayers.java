package dev.insitu.benchmarks.models;

import java.util.List;

/** Layers of transformers, on tensors float[batch][sequence][hidden]. */
final class TextLayers {
  private static final float EPSILON = 1e-12f;
  private static final int GELU_OPSET = 20;
  private static final Fill SHIFT = new Fill.Around(0, 0.1);
  private static final Fill SCALE = new Fill.Around(1, 0.25);

  private final GraphBuilder graph;

  TextLayers(GraphBuilder graph) {
    this.graph = graph;
  }

  /** Rows of an embedding; in float16 it is the rows that are made float32, not the table. */
  String lookUp(String name, String ids, int rows, int length) {
    String table = graph.stored(name + ".weight", embedding(length), rows, length);
    return graph.widen(graph.node(name, "Gather", List.of(table, ids)));
  }

  /** The whole of an embedding. */
  String table(String name, int rows, int length) {
    return graph.weight(name + ".weight", embedding(length), rows, length);
  }

  /**
   * A dense layer with bias.
   *
   * @param gain 2 before a rectifier, else 1 (He et al. 2015)
   */
  String dense(String name, String input, int from, int to, int gain) {
    Fill drawn = new Fill.Drawn(Math.sqrt((double) gain / from));
    String weight = graph.weight(name + ".weight", drawn, from, to);
    String product = graph.node(name + ".product", "MatMul", List.of(input, weight));
    return add(name, bias(name + ".bias", to), product);
  }

  String bias(String name, int length) {
    return graph.weight(name, SHIFT, length);
  }

  String norm(String name, String input, int length) {
    return graph.node(
        name,
        "LayerNormalization",
        List.of(
            input,
            graph.weight(name + ".weight", SCALE, length),
            graph.weight(name + ".bias", SHIFT, length)),
        Onnx.integer("axis", -1),
        Onnx.decimal("epsilon", EPSILON));
  }

  /** One node from opset 20 on, five before. */
  String gelu(String name, String input) {
    if (graph.spec().opset() >= GELU_OPSET) {
      return graph.node(name, "Gelu", List.of(input));
    }
    String root = graph.scalar("gelu.root", (float) Math.sqrt(2));
    String scaled = graph.node(name + ".scaled", "Div", List.of(input, root));
    String erf = graph.node(name + ".erf", "Erf", List.of(scaled));
    String share = add(name + ".share", erf, graph.scalar("one", 1));
    String product = graph.node(name + ".product", "Mul", List.of(input, share));
    return graph.node(name, "Mul", List.of(product, graph.scalar("half", 0.5f)));
  }

  String add(String name, String left, String right) {
    return graph.node(name, "Add", List.of(left, right));
  }

  String transpose(String name, String input, long... order) {
    return graph.node(name, "Transpose", List.of(input), Onnx.integers("perm", order));
  }

  private static Fill embedding(int length) {
    return new Fill.Drawn(Math.sqrt(1.0 / length));
  }
}
