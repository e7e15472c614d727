package dev.insitu.benchmarks.models;

import dev.insitu.benchmarks.models.ImageLayers.Conv;

/**
 * VGG-16 (Simonyan and Zisserman 2015) without batch normalization; its dense part grows with the
 * image.
 */
final class Vgg {
  private static final int[][] STAGES = {
    {64, 64}, {128, 128}, {256, 256, 256}, {512, 512, 512}, {512, 512, 512}
  };
  private static final int DENSE = 4096;

  private Vgg() {}

  static void build(GraphBuilder graph) {
    ImageLayers layers = new ImageLayers(graph);
    ModelSpec spec = graph.spec();
    String at = layers.image();
    int from = 3;
    int index = 0;
    for (int stage = 0; stage < STAGES.length; stage++) {
      for (int i = 0; i < STAGES[stage].length; i++) {
        int to = spec.channels(STAGES[stage][i]);
        // A tied network's last stage has one convolution three times.
        int weight = spec.tied() && stage == STAGES.length - 1 ? index - 2 * i : index;
        Conv conv = new Conv("features.%d.weight".formatted(weight), from, to, 3);
        String name = "features." + index;
        at = layers.relu(name + ".relu", layers.convWithBias(name, at, conv));
        from = to;
        index += 2;
      }
      at = layers.maxPool("features." + index, at, 2, 2);
      index++;
    }
    int side = spec.image() >> STAGES.length;
    int dense = spec.channels(DENSE);
    at = dense(layers, 0, layers.flatten("flatten", at), from * side * side, dense);
    at = dense(layers, 3, at, dense, dense);
    layers.classifier("classifier.6", at, dense);
  }

  private static String dense(ImageLayers layers, int index, String input, int from, int to) {
    String name = "classifier." + index;
    return layers.relu(name + ".relu", layers.dense(name, name, input, from, to, 2));
  }
}
