package dev.insitu.benchmarks.models;

import java.nio.FloatBuffer;
import java.util.List;

/**
 * Layers of image networks, on tensors float[batch][channels][height][width], named as torchvision
 * names them.
 */
final class ImageLayers {
  private static final float EPSILON = 1e-5f;
  private static final Fill SHIFT = new Fill.Around(0, 0.1);
  private static final Fill VARIANCE = new Fill.Around(1, 0.5);

  /** Scale of most batch normalizations. */
  static final Fill SCALE = new Fill.Around(1, 0.25);

  /** Scale before a sum, as small as training leaves it, so that values do not grow with depth. */
  static final Fill RESIDUAL_SCALE = new Fill.Around(0.25, 0.125);

  private final GraphBuilder graph;

  ImageLayers(GraphBuilder graph) {
    this.graph = graph;
  }

  /**
   * A convolution's shape.
   *
   * @param weight the tensor's name, which another convolution may share
   */
  record Conv(String weight, int from, int to, int kernel, int stride) {
    Conv(String weight, int from, int to, int kernel) {
      this(weight, from, to, kernel, 1);
    }

    /** He et al. 2015: keeps the variance through the Relu that precedes or follows. */
    private double deviation() {
      return Math.sqrt(2.0 / ((double) from * kernel * kernel));
    }
  }

  String image() {
    String pixels = Integer.toString(graph.spec().image());
    return graph.input(new ModelInput.Floats("image", List.of("3", pixels, pixels)));
  }

  /** A convolution padded so that stride 1 keeps height and width. */
  String conv(String name, String input, Conv conv) {
    return conv(name, conv, List.of(input, weight(conv, new Fill.Drawn(conv.deviation()))));
  }

  String convWithBias(String name, String input, Conv conv) {
    String bias = graph.weight(name + ".bias", SHIFT, conv.to);
    return conv(name, conv, List.of(input, weight(conv, new Fill.Drawn(conv.deviation())), bias));
  }

  /** A convolution and the normalization {@code norm}, as one node if the spec says so. */
  String convNorm(String name, String norm, String input, Conv conv, Fill scale) {
    if (!graph.spec().folded()) {
      return norm(norm, conv(name, input, conv), conv.to, scale);
    }
    float[] factor = graph.peek(norm + ".weight", scale, conv.to);
    float[] bias = graph.peek(norm + ".bias", SHIFT, conv.to);
    float[] mean = graph.peek(norm + ".running_mean", SHIFT, conv.to);
    float[] variance = graph.peek(norm + ".running_var", VARIANCE, conv.to);
    for (int i = 0; i < conv.to; i++) {
      factor[i] = (float) (factor[i] / Math.sqrt(variance[i] + EPSILON));
      bias[i] -= factor[i] * mean[i];
    }
    Fill scaled = new Fill.Drawn(conv.deviation(), FloatBuffer.wrap(factor));
    String folded = graph.weight(name + ".bias", new Fill.Values(FloatBuffer.wrap(bias)), conv.to);
    return conv(name, conv, List.of(input, weight(conv, scaled), folded));
  }

  String norm(String name, String input, int channels, Fill scale) {
    return graph.node(
        name,
        "BatchNormalization",
        List.of(
            input,
            graph.weight(name + ".weight", scale, channels),
            graph.weight(name + ".bias", SHIFT, channels),
            graph.weight(name + ".running_mean", SHIFT, channels),
            graph.weight(name + ".running_var", VARIANCE, channels)),
        Onnx.decimal("epsilon", EPSILON));
  }

  String relu(String name, String input) {
    return graph.node(name, "Relu", List.of(input));
  }

  String maxPool(String name, String input, int kernel, int stride) {
    return pool(name, "MaxPool", input, kernel, stride);
  }

  String averagePool(String name, String input, int kernel, int stride) {
    return pool(name, "AveragePool", input, kernel, stride);
  }

  /** Mean over height and width: float[batch][channels]. */
  String mean(String name, String input) {
    String mean = graph.node(name, "GlobalAveragePool", List.of(input));
    return flatten(name + ".flat", mean);
  }

  String flatten(String name, String input) {
    return graph.node(name, "Flatten", List.of(input), Onnx.integer("axis", 1));
  }

  /**
   * A dense layer with bias.
   *
   * @param gain 2 before a Relu, else 1
   */
  String dense(String name, String layer, String input, int from, int to, int gain) {
    Fill drawn = new Fill.Drawn(Math.sqrt((double) gain / from));
    return graph.node(
        name,
        "Gemm",
        List.of(
            input,
            graph.weight(layer + ".weight", drawn, to, from),
            graph.weight(layer + ".bias", SHIFT, to)),
        Onnx.integer("transB", 1));
  }

  /** The last layer; its output is the model's. */
  void classifier(String layer, String input, int from) {
    int classes = graph.spec().classes();
    graph.output(dense("logits", layer, input, from, classes, 1), Integer.toString(classes));
  }

  private String weight(Conv conv, Fill drawn) {
    return graph.weight(conv.weight, drawn, conv.to, conv.from, conv.kernel, conv.kernel);
  }

  private String conv(String name, Conv conv, List<String> inputs) {
    long pad = conv.kernel / 2;
    return graph.node(
        name,
        "Conv",
        inputs,
        Onnx.integers("kernel_shape", conv.kernel, conv.kernel),
        Onnx.integers("pads", pad, pad, pad, pad),
        Onnx.integers("strides", conv.stride, conv.stride));
  }

  private String pool(String name, String type, String input, int kernel, int stride) {
    long pad = (kernel - 1L) / 2;
    return graph.node(
        name,
        type,
        List.of(input),
        Onnx.integers("kernel_shape", kernel, kernel),
        Onnx.integers("pads", pad, pad, pad, pad),
        Onnx.integers("strides", stride, stride));
  }
}
