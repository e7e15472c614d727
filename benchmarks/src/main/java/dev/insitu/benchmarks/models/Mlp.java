package dev.insitu.benchmarks.models;

import java.util.List;

/** A chain of matrix products, each but the last followed by Relu, that fills a number of bytes. */
final class Mlp {
  private static final int LEAST_LAYERS = 4;
  private static final int MOST_LAYERS = 10_000;

  private Mlp() {}

  static void build(GraphBuilder graph) {
    ModelSpec spec = graph.spec();
    Sizes sizes = Sizes.of(spec);
    String hidden = Integer.toString(sizes.hidden);
    String at = graph.input(new ModelInput.Floats("features", List.of(hidden)));
    for (long i = 0; i < sizes.layers; i++) {
      at = square(graph, "layers." + i, at, "layers.%d.weight".formatted(i), sizes.hidden);
    }
    if (spec.tied()) {
      at = square(graph, "again", at, "layers.%d.weight".formatted(sizes.layers - 1), sizes.hidden);
    }
    Fill drawn = new Fill.Drawn(Math.sqrt(1.0 / sizes.hidden));
    String last = graph.weight("last.weight", drawn, sizes.hidden, sizes.last);
    graph.output(graph.node("logits", "MatMul", List.of(at, last)), Integer.toString(sizes.last));
  }

  private static String square(
      GraphBuilder graph, String name, String input, String weight, int size) {
    Fill drawn = new Fill.Drawn(Math.sqrt(2.0 / size));
    String product =
        graph.node(name, "MatMul", List.of(input, graph.weight(weight, drawn, size, size)));
    return graph.node(name + ".relu", "Relu", List.of(product));
  }

  /**
   * How many matrices of which size.
   *
   * @param layers square matrices [hidden, hidden]
   * @param last columns of the last matrix [hidden, last]
   */
  record Sizes(int hidden, long layers, int last) {

    /**
     * As many square matrices as fit, at least four; the rest is the last matrix unless classes are
     * given.
     */
    static Sizes of(ModelSpec spec) {
      long numbers = spec.bytes() / spec.type().bytes();
      int hidden = spec.hidden();
      while (hidden > 1 && (LEAST_LAYERS * (long) hidden + spec.classes()) * hidden > numbers) {
        hidden /= 2;
      }
      long rows = numbers / hidden;
      if (spec.classes() > 0) {
        long layers = (rows - spec.classes()) / hidden;
        return checked(spec, new Sizes(hidden, layers, spec.classes()));
      }
      long layers = (rows - 1) / hidden;
      return checked(spec, new Sizes(hidden, layers, (int) (rows - layers * hidden)));
    }

    private static Sizes checked(ModelSpec spec, Sizes sizes) {
      if (sizes.layers > MOST_LAYERS) {
        throw new IllegalArgumentException(
            "size %d bytes makes %d layers of hidden %d, more than %d\nMaybe a larger hidden."
                .formatted(spec.bytes(), sizes.layers, sizes.hidden, MOST_LAYERS));
      }
      if (sizes.layers < 1) {
        throw new IllegalArgumentException(
            "size %d bytes holds no layer\nMaybe more bytes or fewer classes than %d."
                .formatted(spec.bytes(), spec.classes()));
      }
      return sizes;
    }
  }
}
