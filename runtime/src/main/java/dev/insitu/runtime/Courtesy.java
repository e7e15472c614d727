package dev.insitu.runtime;

import java.util.function.BooleanSupplier;

/**
 * How a builder that nobody waits for gives way to inferences: after each piece of work it rests so
 * long that it takes no more than its share of the time. Resting ends when there is no load, and in
 * all it takes no longer than a limit, so that a large model is ready in time. For one thread.
 *
 * <p>Priorities of threads would be simpler, but a Java process on Linux cannot lower them.
 */
final class Courtesy {

  private final BooleanSupplier load;
  private final double share;
  private long leftNanos;

  /**
   * @param load whether there is somebody to give way to
   * @param share of the time that may be worked, above 0 to 1
   * @param limitNanos most time for all rests together
   */
  Courtesy(BooleanSupplier load, double share, long limitNanos) {
    this.load = load;
    this.share = share;
    this.leftNanos = limitNanos;
  }

  /** How long to rest after a piece of work; both in nanoseconds. */
  long restAfter(long workNanos) {
    if (!load.getAsBoolean()) {
      return 0;
    }
    double wanted = Math.max(0, workNanos) * (1 - share) / share;
    long rest = (long) Math.min((double) leftNanos, wanted);
    leftNanos -= rest;
    return rest;
  }
}
