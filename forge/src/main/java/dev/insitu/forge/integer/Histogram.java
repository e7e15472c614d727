package dev.insitu.forge.integer;

import java.util.Arrays;

/**
 * How often which numbers occur, in bounded memory: {@link #BINS} bins over [-R, R), R a power of
 * two. A larger number doubles R, two bins becoming one, so nothing is read twice.
 */
final class Histogram {

  /** Bins on both sides of 0 together. */
  static final int BINS = 8192;

  private static final int HALF = BINS / 2;

  private final long[] counts = new long[BINS];
  private double limit; // R; 0 before the first number that is not 0
  private long count;
  private float min = Float.POSITIVE_INFINITY;
  private float max = Float.NEGATIVE_INFINITY;

  /**
   * Adds numbers.
   *
   * @return whether all of them were finite; if not, none is added
   */
  boolean add(float[] values) {
    float low = Float.POSITIVE_INFINITY;
    float high = Float.NEGATIVE_INFINITY;
    for (float value : values) {
      low = Math.min(low, value); // NaN sticks
      high = Math.max(high, value);
    }
    if (values.length == 0) {
      return true;
    }
    if (!Float.isFinite(low) || !Float.isFinite(high)) {
      return false;
    }
    min = Math.min(min, low);
    max = Math.max(max, high);
    count += values.length;
    makeRoom(Math.max(Math.abs((double) low), Math.abs((double) high)));
    double perUnit = limit == 0 ? 0 : HALF / limit;
    for (float value : values) {
      counts[Math.min(BINS - 1, (int) (value * perUnit + HALF))]++;
    }
    return true;
  }

  private void makeRoom(double largest) {
    if (limit == 0 && largest > 0) {
      limit = Math.scalb(1.0, Math.getExponent(largest) + 1);
      return; // zeros lie in the middle whatever R is
    }
    while (largest >= limit && largest > 0) {
      long[] merged = new long[BINS];
      for (int i = 0; i < BINS; i++) {
        merged[HALF / 2 + i / 2] += counts[i];
      }
      System.arraycopy(merged, 0, counts, 0, BINS);
      limit *= 2;
    }
  }

  long count() {
    return count;
  }

  /** The smallest number; 0 if there is none. */
  float min() {
    return count == 0 ? 0 : min;
  }

  /** The largest number; 0 if there is none. */
  float max() {
    return count == 0 ? 0 : max;
  }

  /** How many numbers lie in a bin. */
  long count(int bin) {
    return counts[bin];
  }

  /** The middle of a bin. */
  double middle(int bin) {
    return (bin + 0.5 - HALF) * width();
  }

  /** Width of a bin. */
  double width() {
    return limit / HALF;
  }

  /** The number below which a share of all numbers lies, as the upper end of a bin. */
  double quantile(double share) {
    double wanted = share * count;
    long below = 0;
    for (int bin = 0; bin < BINS; bin++) {
      below += counts[bin];
      if (below >= wanted) {
        return Math.clamp((bin + 1 - HALF) * width(), min(), max());
      }
    }
    return max();
  }

  /** First and last bin with a number in it; empty if there is none. */
  int[] occupied() {
    int[] bins = java.util.stream.IntStream.range(0, BINS).filter(b -> counts[b] > 0).toArray();
    return bins.length == 0 ? bins : Arrays.copyOf(new int[] {bins[0], bins[bins.length - 1]}, 2);
  }
}
