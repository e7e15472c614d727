package dev.insitu.train.exits;

import dev.insitu.model.proto.ModelProto;
import dev.insitu.train.TrainException;
import dev.insitu.train.zoo.GraphBuilder;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A classifier of little work: layers with an activation, then the mean over places or tokens and a
 * dense layer, as at the end of most networks (BranchyNet, Teerapittayanon et al. 2016). What comes
 * from the middle of a network is seldom normalised, so a batch normalisation follows every layer,
 * and the mean where there is none.
 *
 * <p>On pictures a layer is a 3x3 convolution with stride 2 and twice the channels, half the work
 * of one that keeps both; on tokens and vectors it is dense, of the same width.
 */
final class HeadModel {

  private static final int TOKENS = 3;
  private static final int PICTURE = 4;

  /** Most channels of a head's convolution, unless there are more in front of it. */
  private static final int WIDEST = 256;

  private final String name;
  private final GraphBuilder graph;
  private String value;
  private int channels;

  private HeadModel(String name, GraphBuilder graph, String value, int channels) {
    this.name = name;
    this.graph = graph;
    this.value = value;
    this.channels = channels;
  }

  /** The dimension of a value that counts channels. */
  static int channelAxis(long[] shape) {
    return shape.length == TOKENS ? 2 : 1;
  }

  /**
   * The dimension of a head's parameter that counts the channels of the value that it reads; -1 if
   * none does.
   *
   * @param parameter its name
   * @param layers of the head
   */
  static int channelDimension(String parameter, int layers) {
    if (parameter.contains(".norm.") && !parameter.contains(".layer")) {
      return 0;
    }
    String first = layers == 0 ? ".logits.weight" : ".layer0.";
    return parameter.contains(first) && parameter.endsWith(".weight") ? 1 : -1;
  }

  /**
   * A head with fresh weights.
   *
   * @param name of the head, with which its layers' names begin
   * @param value it reads: float[n][channels][height][width], float[n][tokens][channels] or
   *     float[n][channels]
   * @param shape of the value, one sample or more
   * @param layers before the dense one that gives the classes
   * @return its one output is float[n][classes]
   */
  static ModelProto build(
      String name, String value, long[] shape, int layers, int classes, long seed) {
    if (shape.length < 2 || shape.length > PICTURE) {
      throw new TrainException(
          "An exit cannot be attached to '"
              + value
              + "' of shape "
              + Arrays.toString(shape)
              + ".\nMaybe choose another place, or give a head of your own.");
    }
    GraphBuilder graph = new GraphBuilder(name, new SplittableRandom(seed));
    int[] sizes = Arrays.stream(shape).skip(1).mapToInt(Math::toIntExact).toArray();
    graph.input(value, sizes);
    int channels = sizes[channelAxis(shape) - 1];
    HeadModel head = new HeadModel(name, graph, value, channels);
    switch (shape.length) {
      case PICTURE -> head.picture(layers);
      case TOKENS -> head.tokens(layers);
      default -> head.dense(layers);
    }
    String logits = graph.linear(name + ".logits", head.value, head.channels, classes);
    return graph.output(logits, classes).model("insitu");
  }

  private void picture(int layers) {
    for (int layer = 0; layer < layers; layer++) {
      int wider = Math.max(channels, Math.min(2 * channels, WIDEST));
      String at = name + ".layer" + layer;
      value = graph.conv(at + ".conv", value, channels, wider, 3, 2);
      channels = wider;
      value = graph.relu(at + ".relu", graph.batchNorm(at + ".norm", value, channels));
    }
    value = graph.pool(name + ".pool", value);
    normalise(layers);
  }

  private void tokens(int layers) {
    value = graph.mean(name + ".pool", value, 1);
    dense(layers);
  }

  private void dense(int layers) {
    normalise(0);
    for (int layer = 0; layer < layers; layer++) {
      String at = name + ".layer" + layer;
      value = graph.linear(at + ".dense", value, channels, channels);
      value = graph.relu(at + ".relu", graph.batchNorm(at + ".norm", value, channels));
    }
  }

  private void normalise(int layers) {
    if (layers == 0) {
      value = graph.batchNorm(name + ".norm", value, channels);
    }
  }
}
