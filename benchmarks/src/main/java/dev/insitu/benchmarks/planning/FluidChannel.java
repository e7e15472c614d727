package dev.insitu.benchmarks.planning;

import java.util.Arrays;

/**
 * A rate over time as a fluid: constant within each second, beginning again after the last one.
 * Immutable.
 */
public final class FluidChannel {

  private final double[] rates; // bit/s, by second
  private final double[] sums; // bits of the seconds before each, and last of all

  private FluidChannel(double[] rates) {
    this.rates = rates;
    this.sums = new double[rates.length + 1];
    for (int i = 0; i < rates.length; i++) {
      sums[i + 1] = sums[i] + rates[i];
    }
  }

  /**
   * A channel of these rates.
   *
   * @param bitsPerSecond by second; at least one, none negative and not all 0
   */
  public static FluidChannel of(double... bitsPerSecond) {
    boolean numbers = Arrays.stream(bitsPerSecond).allMatch(rate -> rate >= 0 && rate < 1e15);
    if (!numbers || !(Arrays.stream(bitsPerSecond).sum() > 0)) {
      throw new IllegalArgumentException(
          "rates " + Arrays.toString(bitsPerSecond) + "; none may be negative, nor all of them 0");
    }
    return new FluidChannel(bitsPerSecond.clone());
  }

  /** The same with another mean. */
  public FluidChannel scaledTo(double meanBitsPerSecond) {
    double factor = meanBitsPerSecond / mean();
    return new FluidChannel(Arrays.stream(rates).map(rate -> factor * rate).toArray());
  }

  /** Seconds until it begins again. */
  public int period() {
    return rates.length;
  }

  /** Mean rate, bit/s. */
  public double mean() {
    return sums[rates.length] / rates.length;
  }

  /** Bits that come between the beginning and a moment. */
  public double bitsUntil(double second) {
    double periods = Math.floor(second / rates.length);
    double within = second - periods * rates.length;
    int whole = Math.min((int) within, rates.length - 1);
    return periods * sums[rates.length] + sums[whole] + (within - whole) * rates[whole];
  }

  /** Mean rate between two moments, bit/s. */
  public double meanBetween(double from, double to) {
    return (bitsUntil(to) - bitsUntil(from)) / (to - from);
  }

  /**
   * When so many bytes have come.
   *
   * @param from when they are sent off
   * @return the moment; {@code from} for none
   */
  public double arrival(double from, double bytes) {
    if (bytes <= 0) {
      return from;
    }
    double bits = bitsUntil(from) + 8 * bytes;
    double periods = Math.floor(bits / sums[rates.length]);
    double within = bits - periods * sums[rates.length];
    if (within == 0) { // it came in the period before, which may end without a rate
      periods--;
      within = sums[rates.length];
    }
    int found = Arrays.binarySearch(sums, within);
    int second = found >= 0 ? firstOf(found, within) : -found - 2;
    double rest = within - sums[second];
    double into = rest == 0 ? 0 : rest / rates[second];
    return Math.max(from, periods * rates.length + second + into);
  }

  /** The first of several moments with the same sum: what has come has come when it came. */
  private int firstOf(int found, double sum) {
    int first = found;
    while (first > 0 && sums[first - 1] == sum) {
      first--;
    }
    return first;
  }
}
