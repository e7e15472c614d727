package dev.insitu.train.zoo;

import dev.insitu.model.proto.ModelProto;
import java.util.SplittableRandom;

/**
 * The residual network for 32x32 pictures of He et al. 2015, section 4.2 (CIFAR): a 3x3 stem, three
 * stages of basic blocks with 16, 32 and 64 channels, mean, dense layer. Where a stage halves the
 * size its shortcut is a 1x1 convolution. Three blocks a stage make ResNet-20, 0.27 M weights.
 */
public final class ResNet {

  /** Name of the input, float[batch][3][32][32]. */
  public static final String INPUT = "image";

  /** Name of the output, float[batch][classes]. */
  public static final String OUTPUT = "logits";

  private static final int[] CHANNELS = {16, 32, 64};
  private static final int COLOURS = 3;
  private static final int SIDE = 32;

  private final GraphBuilder graph;

  private ResNet(GraphBuilder graph) {
    this.graph = graph;
  }

  /**
   * A network with fresh weights.
   *
   * @param name of the graph
   * @param producer who makes it, for the file
   */
  public static ModelProto build(
      String name, String producer, int blocksPerStage, int classes, long seed) {
    GraphBuilder graph = new GraphBuilder(name, new SplittableRandom(seed));
    new ResNet(graph).add(blocksPerStage, classes);
    return graph.output(OUTPUT, classes).model(producer);
  }

  private void add(int blocksPerStage, int classes) {
    String value = graph.input(INPUT, COLOURS, SIDE, SIDE);
    value = graph.relu("stem.relu", convAndNorm("stem", value, COLOURS, CHANNELS[0], 3, 1));
    int from = CHANNELS[0];
    for (int stage = 0; stage < CHANNELS.length; stage++) {
      for (int block = 0; block < blocksPerStage; block++) {
        String name = "stage" + (stage + 1) + ".block" + (block + 1);
        int stride = stage > 0 && block == 0 ? 2 : 1;
        value = basicBlock(name, value, from, CHANNELS[stage], stride);
        from = CHANNELS[stage];
      }
    }
    graph.linear(OUTPUT, graph.pool("pool", value), from, classes);
  }

  private String basicBlock(String name, String input, int from, int to, int stride) {
    String inner = convAndNorm(name + ".a", input, from, to, 3, stride);
    inner = graph.relu(name + ".a.relu", inner);
    inner = convAndNorm(name + ".b", inner, to, to, 3, 1);
    String shortcut =
        stride == 1 ? input : convAndNorm(name + ".shortcut", input, from, to, 1, stride);
    return graph.relu(name + ".relu", graph.add(name + ".add", inner, shortcut));
  }

  private String convAndNorm(String name, String input, int from, int to, int kernel, int stride) {
    String sum = graph.conv(name + ".conv", input, from, to, kernel, stride);
    return graph.batchNorm(name + ".norm", sum, to);
  }
}
