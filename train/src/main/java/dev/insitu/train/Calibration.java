package dev.insitu.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/**
 * Drawn batches on which normalisations measure their running statistics before they are kept
 * still. A statistic that is kept still is the same in training and on a device, whichever models
 * share it.
 *
 * @param data where samples come from
 * @param batch samples in a batch; all, if there are fewer
 * @param seed of the drawing
 */
public record Calibration(TrainingData data, int batch, long seed) {

  /** Running averages mostly keep nine tenths, so of the start a seventieth is left. */
  private static final int BATCHES = 40;

  /** Inputs of a batch. */
  public Map<String, NDArray> inputs(NDManager scope, int number) {
    SplittableRandom random = new SplittableRandom(SampleOrder.mixed(seed, number));
    int size = Math.min(batch, data.count());
    int[] samples = IntStream.generate(() -> random.nextInt(data.count())).limit(size).toArray();
    return data.batch(scope, samples, random).inputs();
  }

  /** Shows all batches, each in a scope of its own. */
  public void show(BiConsumer<NDManager, Map<String, NDArray>> to) {
    for (int i = 0; i < BATCHES; i++) {
      try (NDManager scope = Torch.newManager()) {
        to.accept(scope, inputs(scope, i));
      }
    }
  }
}
