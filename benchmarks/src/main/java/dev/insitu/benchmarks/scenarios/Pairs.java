package dev.insitu.benchmarks.scenarios;

/**
 * Two programs timed in turns, so that what disturbs one disturbs the other; which comes first
 * alternates.
 *
 * @param ours milliseconds of each run
 * @param peer milliseconds of the other's
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Pairs(double[] ours, double[] peer) {

  private static final int WARM_UPS = 5;

  static Pairs measure(int count, Runnable ours, Runnable peer) {
    Pairs pairs = new Pairs(new double[count], new double[count]);
    for (int i = -WARM_UPS; i < count; i++) {
      boolean first = (i & 1) == 0;
      double a = first ? millis(ours) : 0;
      double b = millis(peer);
      a = first ? a : millis(ours);
      if (i >= 0) {
        pairs.ours[i] = a;
        pairs.peer[i] = b;
      }
    }
    return pairs;
  }

  static double millis(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return 1e3 * Stats.secondsSince(start);
  }

  /** Median of ours by theirs. */
  double medianRatio() {
    double[] ratios = new double[ours.length];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = ours[i] / peer[i];
    }
    return Stats.median(ratios);
  }
}
