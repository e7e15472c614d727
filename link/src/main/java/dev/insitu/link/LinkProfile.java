package dev.insitu.link;

import java.time.Duration;

/**
 * One direction of a link.
 *
 * @param rate payload bits per second over time, shared by all connections
 * @param delay propagation, one way
 * @param jitter largest extra delay; each packet's is uniform from 0, but packets never overtake
 * @param seed of the jitter
 * @param queueBytes how many bytes one connection may have inside the link (waiting, on the way, or
 *     not yet taken by the receiver) before its sender is held back
 * @param errors which bits arrive inverted
 */
public record LinkProfile(
    RateTrace rate, Duration delay, Duration jitter, long seed, long queueBytes, BitErrors errors) {
  /** The least queue. */
  public static final long MIN_QUEUE_BYTES = 64 * 1024;

  private static final long MAX_QUEUE_BYTES = 1L << 30;
  private static final Duration MAX_DELAY = Duration.ofMinutes(1);

  /** How long threads may be late without the link running dry. */
  private static final Duration SLACK = Duration.ofMillis(20);

  /** Checks the ranges. */
  public LinkProfile {
    requireDelay("delay", delay);
    requireDelay("jitter", jitter);
    if (queueBytes < MIN_QUEUE_BYTES || queueBytes > MAX_QUEUE_BYTES) {
      throw new IllegalArgumentException(
          String.format(
              "link profile: queue of %d bytes is outside [%d, %d]",
              queueBytes, MIN_QUEUE_BYTES, MAX_QUEUE_BYTES));
    }
  }

  /** No jitter, no errors, and a queue of the peak rate times (delay + 20 ms) plus 64 KiB. */
  public static LinkProfile of(RateTrace rate, Duration delay) {
    return new LinkProfile(rate, delay, Duration.ZERO, 0, queueFor(rate, delay), BitErrors.NONE);
  }

  /** {@link #of(RateTrace, Duration)} with a constant rate in bit/s. */
  public static LinkProfile constant(long bitsPerSecond, Duration delay) {
    return of(RateTrace.constant(bitsPerSecond), delay);
  }

  /** 10 Gbit/s without delay: as good as no link. */
  public static LinkProfile unlimited() {
    return constant(10_000_000_000L, Duration.ZERO);
  }

  /** The same with jitter. */
  public LinkProfile withJitter(Duration newJitter, long newSeed) {
    long queue = Math.max(queueBytes, queueFor(rate, delay.plus(newJitter)));
    return new LinkProfile(rate, delay, newJitter, newSeed, queue, errors);
  }

  /** The same with another queue. */
  public LinkProfile withQueueBytes(long newQueueBytes) {
    return new LinkProfile(rate, delay, jitter, seed, newQueueBytes, errors);
  }

  /** The same with bit errors. */
  public LinkProfile withErrors(BitErrors newErrors) {
    return new LinkProfile(rate, delay, jitter, seed, queueBytes, newErrors);
  }

  private static long queueFor(RateTrace rate, Duration delay) {
    double seconds = delay.plus(SLACK).toNanos() / 1e9;
    double product = rate.peakBitsPerSecond() / 8.0 * seconds;
    return (long) Math.min(MIN_QUEUE_BYTES + product, MAX_QUEUE_BYTES);
  }

  private static void requireDelay(String name, Duration value) {
    if (value.isNegative() || value.compareTo(MAX_DELAY) > 0) {
      throw new IllegalArgumentException(
          String.format("link profile: %s %s is outside [0, %s]", name, value, MAX_DELAY));
    }
  }
}
