package dev.insitu.benchmarks.scenarios;

/**
 * Counts latencies in buckets a hundredth wide, from a microsecond on; takes the same memory
 * however many there are. Thread-safe.
 */
final class Latencies {

  private static final double LEAST_NANOS = 1e3;
  private static final double WIDTH = 1.01;
  private static final int BUCKETS = 2000; // the last begins beyond 400 s

  private final long[] counts = new long[BUCKETS]; // guarded by this
  private long total; // guarded by this

  synchronized void add(long nanos) {
    double bucket = Math.log(Math.max(nanos / LEAST_NANOS, 1)) / Math.log(WIDTH);
    counts[Math.min(BUCKETS - 1, (int) bucket)]++;
    total++;
  }

  synchronized long count() {
    return total;
  }

  /**
   * The latency that a share of all does not exceed, milliseconds; NaN if there is none.
   *
   * @param share 0 to 1
   */
  synchronized double millis(double share) {
    long rank = (long) Math.ceil(share * total);
    long sum = 0;
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      sum += counts[bucket];
      if (total > 0 && sum >= rank) {
        return 1e-6 * LEAST_NANOS * Math.pow(WIDTH, bucket + 0.5);
      }
    }
    return Double.NaN;
  }
}
