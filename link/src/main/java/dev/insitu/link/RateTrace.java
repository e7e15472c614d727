package dev.insitu.link;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * A rate over time: constant within each step, beginning again after the last one. A step may have
 * rate 0 (an outage). Immutable.
 */
public final class RateTrace {
  /** Largest rate of a step, bit/s. */
  public static final long MAX_BITS_PER_SECOND = 100_000_000_000L;

  /** Least average over a period, bit/s, so that sending always ends. */
  public static final long MIN_AVERAGE_BITS_PER_SECOND = 1_000;

  /** Most steps of a trace. */
  public static final int MAX_STEPS = 1_000_000;

  private static final Duration MAX_STEP = Duration.ofDays(1);
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final List<Step> steps;

  /** Where each step ends, nanoseconds from the start of a period. */
  private final long[] ends;

  /**
   * A stretch of constant rate.
   *
   * @param duration more than zero, at most a day
   * @param bitsPerSecond 0 to {@link #MAX_BITS_PER_SECOND}
   */
  public record Step(Duration duration, long bitsPerSecond) {
    /** Checks the ranges. */
    public Step {
      if (duration.isZero() || duration.isNegative() || duration.compareTo(MAX_STEP) > 0) {
        throw new IllegalArgumentException(
            String.format("rate step: duration %s is outside (0, %s]", duration, MAX_STEP));
      }
      if (bitsPerSecond < 0 || bitsPerSecond > MAX_BITS_PER_SECOND) {
        throw new IllegalArgumentException(
            String.format(
                "rate step: %d bit/s is outside [0, %d]", bitsPerSecond, MAX_BITS_PER_SECOND));
      }
    }
  }

  private RateTrace(List<Step> steps) {
    if (steps.isEmpty() || steps.size() > MAX_STEPS) {
      throw new IllegalArgumentException(
          String.format("rate trace: %d steps, allowed are 1 to %d", steps.size(), MAX_STEPS));
    }
    this.steps = List.copyOf(steps);
    this.ends = new long[steps.size()];
    long end = 0;
    for (int i = 0; i < ends.length; i++) {
      end = Math.addExact(end, this.steps.get(i).duration().toNanos());
      ends[i] = end;
    }
    requireSending();
  }

  /** A trace of these steps, in this order. */
  public static RateTrace of(List<Step> steps) {
    return new RateTrace(steps);
  }

  /** The same rate for ever. */
  public static RateTrace constant(long bitsPerSecond) {
    return new RateTrace(List.of(new Step(Duration.ofHours(1), bitsPerSecond)));
  }

  /** The steps of one period. */
  public List<Step> steps() {
    return steps;
  }

  /** How long it takes until the trace begins again. */
  public Duration period() {
    return Duration.ofNanos(ends[ends.length - 1]);
  }

  /** Mean rate over a period. */
  public double averageBitsPerSecond() {
    double bits = 0;
    for (Step step : steps) {
      bits += step.bitsPerSecond() * (double) step.duration().toNanos();
    }
    return bits / ends[ends.length - 1];
  }

  /** The largest rate of any step. */
  public long peakBitsPerSecond() {
    return steps.stream().mapToLong(Step::bitsPerSecond).max().orElseThrow();
  }

  /** The rate at a moment, nanoseconds since the trace's start. */
  public long bitsPerSecondAt(long nanos) {
    return steps.get(stepAt(Math.floorMod(nanos, ends[ends.length - 1]))).bitsPerSecond();
  }

  /**
   * How long sending takes, rounded up to a whole nanosecond.
   *
   * @param startNanos when it starts, since the trace's start
   * @param bits 0 to 2^33
   */
  long nanosToSend(long startNanos, long bits) {
    // In units of 1e-9 bit, so that one nanosecond at r bit/s is exactly r units of work.
    long work = Math.multiplyExact(bits, NANOS_PER_SECOND);
    long inPeriod = Math.floorMod(startNanos, ends[ends.length - 1]);
    int step = stepAt(inPeriod);
    long taken = 0;
    while (true) {
      long rate = steps.get(step).bitsPerSecond();
      long left = ends[step] - inPeriod;
      long needed = rate == 0 ? Long.MAX_VALUE : ceilDiv(work, rate);
      if (work == 0 || needed <= left) {
        return work == 0 ? taken : taken + needed;
      }
      work -= rate * left;
      taken += left;
      step = (step + 1) % ends.length;
      inPeriod = step == 0 ? 0 : ends[step - 1];
    }
  }

  private int stepAt(long inPeriod) {
    int found = Arrays.binarySearch(ends, inPeriod);
    return found >= 0 ? found + 1 : -found - 1;
  }

  private static long ceilDiv(long work, long rate) {
    return (work + rate - 1) / rate;
  }

  private void requireSending() {
    double average = averageBitsPerSecond();
    if (average < MIN_AVERAGE_BITS_PER_SECOND) {
      throw new IllegalArgumentException(
          String.format(
              "rate trace: %.1f bit/s on average is less than %d%n"
                  + "Maybe the rates are in kbit/s or Mbit/s; they must be in bit/s",
              average, MIN_AVERAGE_BITS_PER_SECOND));
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RateTrace trace && trace.steps.equals(steps);
  }

  @Override
  public int hashCode() {
    return steps.hashCode();
  }

  @Override
  public String toString() {
    return steps.size() == 1
        ? steps.get(0).bitsPerSecond() + " bit/s"
        : String.format(
            "%d steps in %s, %.0f bit/s on average",
            steps.size(), period(), averageBitsPerSecond());
  }
}
