package dev.insitu.benchmarks.models;

import dev.insitu.benchmarks.models.ImageLayers.Conv;
import java.util.List;

/** ResNet-18 and ResNet-50 (He et al. 2016), the latter with its stride in the 3x3 convolution. */
final class ResNet {
  private static final int STEM = 64;
  private static final int BOTTLENECK_GROWTH = 4;

  private final GraphBuilder graph;
  private final ImageLayers layers;
  private final int growth;

  private ResNet(GraphBuilder graph, int growth) {
    this.graph = graph;
    this.layers = new ImageLayers(graph);
    this.growth = growth;
  }

  static void basic(GraphBuilder graph) {
    new ResNet(graph, 1).build(2, 2, 2, 2);
  }

  static void bottleneck(GraphBuilder graph) {
    new ResNet(graph, BOTTLENECK_GROWTH).build(3, 4, 6, 3);
  }

  private void build(int... blocks) {
    int channels = graph.spec().channels(STEM);
    Conv stem = new Conv("conv1.weight", 3, channels, 7, 2);
    String at = layers.convNorm("conv1", "bn1", layers.image(), stem, ImageLayers.SCALE);
    at = layers.maxPool("maxpool", layers.relu("relu", at), 3, 2);
    int from = channels;
    for (int stage = 0; stage < blocks.length; stage++) {
      int inner = channels << stage;
      for (int block = 0; block < blocks[stage]; block++) {
        String name = "layer%d.%d".formatted(stage + 1, block);
        int stride = stage > 0 && block == 0 ? 2 : 1;
        at = block(name, sharedWeight(stage, block), at, from, inner, stride);
        from = inner * growth;
      }
    }
    layers.classifier("fc", layers.mean("avgpool", at), from);
  }

  /**
   * In a tied network the first two blocks of each stage share their 3x3 convolution of equal
   * shape.
   */
  private String sharedWeight(int stage, int block) {
    boolean shares = graph.spec().tied() && block == 1;
    return "layer%d.%d.conv2.weight".formatted(stage + 1, shares ? 0 : block);
  }

  private String block(
      String name, String conv2Weight, String input, int from, int inner, int stride) {
    int to = inner * growth;
    String branch =
        growth == 1
            ? basicBranch(name, conv2Weight, input, from, inner, stride)
            : bottleneckBranch(name, conv2Weight, input, from, inner, stride);
    String shortcut = input;
    if (stride != 1 || from != to) {
      String down = name + ".downsample";
      Conv conv = new Conv(down + ".0.weight", from, to, 1, stride);
      shortcut = layers.convNorm(down + ".0", down + ".1", input, conv, ImageLayers.SCALE);
    }
    String sum = graph.node(name + ".add", "Add", List.of(branch, shortcut));
    return layers.relu(name + ".relu", sum);
  }

  private String basicBranch(
      String name, String conv2Weight, String input, int from, int inner, int stride) {
    Conv first = new Conv(name + ".conv1.weight", from, inner, 3, stride);
    String at = normalized(name, 1, input, first);
    return last(name, 2, at, new Conv(conv2Weight, inner, inner, 3));
  }

  private String bottleneckBranch(
      String name, String conv2Weight, String input, int from, int inner, int stride) {
    String at = normalized(name, 1, input, new Conv(name + ".conv1.weight", from, inner, 1));
    // Block 0 may have another stride than block 1: the weights' shape is the same all the same.
    at = normalized(name, 2, at, new Conv(conv2Weight, inner, inner, 3, stride));
    return last(name, 3, at, new Conv(name + ".conv3.weight", inner, inner * growth, 1));
  }

  private String normalized(String block, int index, String input, Conv conv) {
    String at =
        layers.convNorm(
            "%s.conv%d".formatted(block, index),
            "%s.bn%d".formatted(block, index),
            input,
            conv,
            ImageLayers.SCALE);
    return layers.relu("%s.relu%d".formatted(block, index), at);
  }

  private String last(String block, int index, String input, Conv conv) {
    return layers.convNorm(
        "%s.conv%d".formatted(block, index),
        "%s.bn%d".formatted(block, index),
        input,
        conv,
        ImageLayers.RESIDUAL_SCALE);
  }
}
