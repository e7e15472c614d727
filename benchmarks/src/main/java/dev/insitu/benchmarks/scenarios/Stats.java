package dev.insitu.benchmarks.scenarios;

import java.util.Arrays;

/** Figures of small series. */
final class Stats {

  private Stats() {}

  /** The middle value, or the mean of the middle two. */
  static double median(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  /** The least value that a share of all does not exceed. */
  static double share(double share, double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
  }

  /** (Largest - smallest) / median; 0 if the median is. */
  static double spread(double... values) {
    double median = median(values);
    double least = Arrays.stream(values).min().orElse(0);
    double most = Arrays.stream(values).max().orElse(0);
    return median == 0 ? 0 : (most - least) / Math.abs(median);
  }

  /** Seconds since a {@link System#nanoTime}. */
  static double secondsSince(long nanos) {
    return (System.nanoTime() - nanos) * 1e-9;
  }
}
