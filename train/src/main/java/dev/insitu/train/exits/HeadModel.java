package dev.insitu.train.exits;

import dev.insitu.model.proto.ModelProto;
import dev.insitu.train.TrainException;
import dev.insitu.train.zoo.GraphBuilder;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The least that can classify: the mean over places or tokens and a dense layer, as at the end of
 * most networks (BranchyNet, Teerapittayanon et al. 2016, uses a little more). As what is not at
 * the end is seldom normalised, a batch normalisation stands between.
 */
final class HeadModel {

  private static final int TOKENS = 3;
  private static final int PICTURE = 4;

  private HeadModel() {}

  /** The dimension of a value that counts channels. */
  static int channelAxis(long[] shape) {
    return shape.length == TOKENS ? 2 : 1;
  }

  /**
   * A head with fresh weights.
   *
   * @param name of the head, with which its layers' names begin
   * @param value it reads: float[n][channels][height][width], float[n][tokens][channels] or
   *     float[n][channels]
   * @param shape of the value, one sample or more
   * @return its one output is float[n][classes]
   */
  static ModelProto build(String name, String value, long[] shape, int classes, long seed) {
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
    String pooled =
        switch (shape.length) {
          case PICTURE -> graph.pool(name + ".pool", value);
          case TOKENS -> graph.mean(name + ".pool", value, 1);
          default -> value;
        };
    String normal = graph.batchNorm(name + ".norm", pooled, channels);
    String logits = graph.linear(name + ".logits", normal, channels, classes);
    return graph.output(logits, classes).model("insitu");
  }
}
