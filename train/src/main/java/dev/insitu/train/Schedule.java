package dev.insitu.train;

import java.util.List;

/** The learning rate, step by step: it rises over the first steps and then falls. */
public sealed interface Schedule {

  /**
   * The rate of a step.
   *
   * @param step counted from 0
   * @param steps how many there will be
   */
  default double rate(int step, int steps) {
    double warmUp = Math.max(1, warmUp() * steps);
    if (warmUp() > 0 && step < warmUp) {
      return peak() * (start() + (1 - start()) * (step + 1) / warmUp);
    }
    double begun = warmUp() > 0 ? warmUp : 0;
    return peak() * share((step + 1 - begun) / Math.max(1, steps - begun));
  }

  /** Largest rate. */
  double peak();

  /** Share of the steps over which it rises. */
  double warmUp();

  /** Share of the peak that it rises from. */
  default double start() {
    return 0;
  }

  /** Share of the peak when that share of the falling steps, above 0 up to 1, is done. */
  double share(double done);

  /** Falls with half a cosine to zero. */
  record Cosine(double peak, double warmUp) implements Schedule {
    public Cosine {
      check(peak, warmUp);
    }

    @Override
    public double share(double done) {
      return 0.5 * (1 + Math.cos(Math.PI * done));
    }
  }

  /** Rises from a 25th and falls in a straight line to almost nothing (Smith and Topin 2018). */
  record OneCycle(double peak, double warmUp) implements Schedule {
    public OneCycle {
      check(peak, warmUp);
    }

    @Override
    public double start() {
      return 0.04;
    }

    @Override
    public double share(double done) {
      return Math.max(1e-4, 1 - done);
    }
  }

  /** Multiplied by a factor whenever one of these shares of the falling steps is done. */
  record Stairs(double peak, double warmUp, List<Double> at, double factor) implements Schedule {
    public Stairs {
      check(peak, warmUp);
      at = List.copyOf(at);
    }

    @Override
    public double share(double done) {
      return Math.pow(factor, (double) at.stream().filter(share -> done > share).count());
    }
  }

  private static void check(double peak, double warmUp) {
    if (!(peak > 0 && peak < 1e6) || !(warmUp >= 0 && warmUp < 1)) {
      throw new TrainException(
          "A learning rate of "
              + peak
              + " with a warm-up of "
              + warmUp
              + "; the rate must be above 0, the warm-up a share below 1.");
    }
  }
}
