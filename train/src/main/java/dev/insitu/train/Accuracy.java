package dev.insitu.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.SplittableRandom;

/** How often a graph's largest output is the right class. */
public final class Accuracy {

  private Accuracy() {}

  /**
   * The share of right answers.
   *
   * @param output of the graph, float[n][classes]
   * @param data with labels; the first samples are used, as they are
   * @param most how many samples
   * @param batch samples at a time
   */
  public static double of(
      TrainableGraph graph, String output, TrainingData data, int most, int batch) {
    return of(graph, output, data, most, batch, Forward.eval());
  }

  /** The share of right answers of a sub-model, such as one made by hooks. */
  public static double of(
      TrainableGraph graph,
      String output,
      TrainingData data,
      int most,
      int batch,
      Forward forward) {
    int count = Math.min(most, data.count());
    int right = 0;
    try (NDManager manager = Torch.newManager()) {
      for (int from = 0; from < count; from += batch) {
        int[] numbers = new int[Math.min(batch, count - from)];
        int first = from;
        Arrays.setAll(numbers, i -> first + i);
        try (NDManager scope = manager.newSubManager()) {
          Batch samples = data.batch(scope, numbers, new SplittableRandom(1));
          if (samples.labels().length == 0) {
            throw new TrainException("Accuracy needs labels, and the samples have none.");
          }
          NDArray logits = graph.output(scope, samples.inputs(), forward, output);
          long[] answers = logits.argMax(1).toLongArray();
          for (int i = 0; i < answers.length; i++) {
            right += answers[i] == samples.labels()[i] ? 1 : 0;
          }
        }
      }
    }
    return (double) right / count;
  }
}
