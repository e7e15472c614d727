package dev.insitu.examples.train;

import java.io.PrintStream;
import java.util.Locale;

/** Says every few seconds how far training is, how fast it goes and how long it will take. */
final class Progress {
  private static final long EVERY_NANOS = 5_000_000_000L;
  private static final float SMOOTHING = 0.95f;

  private final Recipe recipe;
  private final PrintStream out;
  private final int firstEpoch;
  private final long start = System.nanoTime();
  private long lastReport = start;
  private float loss = Float.NaN;

  Progress(Recipe recipe, int firstEpoch, PrintStream out) {
    this.recipe = recipe;
    this.firstEpoch = firstEpoch;
    this.out = out;
  }

  /** The loss, averaged over the last twenty steps or so. */
  float loss() {
    return loss;
  }

  void step(int epoch, int step, float stepLoss) {
    loss = Float.isNaN(loss) ? stepLoss : SMOOTHING * loss + (1 - SMOOTHING) * stepLoss;
    long now = System.nanoTime();
    boolean lastOfEpoch = step == recipe.stepsPerEpoch() - 1;
    if (now - lastReport < EVERY_NANOS && !lastOfEpoch) {
      return;
    }
    lastReport = now;
    int done = (epoch - firstEpoch) * recipe.stepsPerEpoch() + step + 1;
    int left = (recipe.epochs() - epoch) * recipe.stepsPerEpoch() - step - 1;
    double secondsPerStep = (now - start) / 1e9 / done;
    out.printf(
        Locale.ROOT,
        "epoch %d/%d  step %d/%d  loss %.3f  %.0f images/s  %.0f s left%n",
        epoch + 1,
        recipe.epochs(),
        step + 1,
        recipe.stepsPerEpoch(),
        loss,
        recipe.batch() / secondsPerStep,
        left * secondsPerStep);
  }
}
