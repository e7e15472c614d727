package dev.insitu.benchmarks.models;

import dev.insitu.benchmarks.models.ImageLayers.Conv;
import java.util.List;

/** DenseNet-121 (Huang et al. 2017): every layer of a block reads what all before it wrote. */
final class DenseNet {
  private static final int[] BLOCKS = {6, 12, 24, 16};
  private static final int STEM = 64;
  private static final int GROWTH = 32;
  private static final int BOTTLENECK = 4;

  private final GraphBuilder graph;
  private final ImageLayers layers;
  private final int growth;

  private DenseNet(GraphBuilder graph) {
    this.graph = graph;
    this.layers = new ImageLayers(graph);
    this.growth = graph.spec().channels(GROWTH);
  }

  static void build(GraphBuilder graph) {
    new DenseNet(graph).build();
  }

  private void build() {
    int channels = graph.spec().channels(STEM);
    Conv stem = new Conv("features.conv0.weight", 3, channels, 7, 2);
    String at =
        layers.convNorm(
            "features.conv0", "features.norm0", layers.image(), stem, ImageLayers.SCALE);
    at = layers.maxPool("features.pool0", layers.relu("features.relu0", at), 3, 2);
    for (int block = 0; block < BLOCKS.length; block++) {
      for (int layer = 0; layer < BLOCKS[block]; layer++) {
        at = layer("features.denseblock" + (block + 1), layer, at, channels);
        channels += growth;
      }
      if (block < BLOCKS.length - 1) {
        at = transition("features.transition" + (block + 1), at, channels);
        channels /= 2;
      }
    }
    at = normRelu("features", 5, at, channels);
    layers.classifier("classifier", layers.mean("avgpool", at), channels);
  }

  private String layer(String block, int index, String input, int from) {
    String name = "%s.denselayer%d".formatted(block, index + 1);
    // In a tied network the first two layers of each block share their second convolution.
    int owner = graph.spec().tied() && index == 1 ? 0 : index;
    String weight = "%s.denselayer%d.conv2.weight".formatted(block, owner + 1);
    int inner = BOTTLENECK * growth;
    Conv narrow = new Conv(name + ".conv1.weight", from, inner, 1);
    String at =
        layers.convNorm(
            name + ".conv1",
            name + ".norm2",
            normRelu(name, 1, input, from),
            narrow,
            ImageLayers.SCALE);
    at = layers.relu(name + ".relu2", at);
    at = layers.conv(name + ".conv2", at, new Conv(weight, inner, growth, 3));
    return graph.node(name + ".cat", "Concat", List.of(input, at), Onnx.integer("axis", 1));
  }

  private String transition(String name, String input, int channels) {
    String at = normRelu(name, 0, input, channels);
    Conv half = new Conv(name + ".conv.weight", channels, channels / 2, 1);
    return layers.averagePool(name + ".pool", layers.conv(name + ".conv", at, half), 2, 2);
  }

  private String normRelu(String name, int index, String input, int channels) {
    String suffix = index == 0 ? "" : Integer.toString(index);
    String at = layers.norm(name + ".norm" + suffix, input, channels, ImageLayers.SCALE);
    return layers.relu(name + ".relu" + suffix, at);
  }
}
