package dev.insitu.link;

import java.util.SplittableRandom;

/** When packets arrive that have left: constant delay, random jitter, order kept. Pure. */
final class PropagationDelay {
  private final long delayNanos;
  private final long jitterNanos;
  private final SplittableRandom random;
  private long lastArrivalNanos;

  PropagationDelay(LinkProfile profile) {
    this.delayNanos = profile.delay().toNanos();
    this.jitterNanos = profile.jitter().toNanos();
    this.random = new SplittableRandom(profile.seed());
  }

  long arrival(long departureNanos) {
    long extra = jitterNanos == 0 ? 0 : random.nextLong(jitterNanos + 1);
    lastArrivalNanos = Math.max(lastArrivalNanos, departureNanos + delayNanos + extra);
    return lastArrivalNanos;
  }
}
