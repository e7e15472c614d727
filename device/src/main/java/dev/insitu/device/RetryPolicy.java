package dev.insitu.device;

import java.time.Duration;
import java.util.Random;

/**
 * How long to wait after failures in a row. Any byte of content that arrives ends the row.
 *
 * @param first wait after the first failure
 * @param longest wait after many
 * @param factor from one wait to the next, at least 1
 * @param jitter share of a wait that is random, 0..1, so that devices do not come back in step
 * @param attempts failures in a row after which the transfer fails
 */
public record RetryPolicy(
    Duration first, Duration longest, double factor, double jitter, int attempts) {

  /** Begins with 200 ms, doubles up to a minute, and never gives up. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(Duration.ofMillis(200), Duration.ofMinutes(1), 2, 0.5, Integer.MAX_VALUE);

  public RetryPolicy {
    boolean ordered = !first.isNegative() && first.compareTo(longest) <= 0;
    if (!ordered || !(factor >= 1) || !(jitter >= 0 && jitter <= 1) || attempts < 1) {
      throw new IllegalArgumentException(
          "Waits from "
              + first
              + " to "
              + longest
              + ", factor "
              + factor
              + ", jitter "
              + jitter
              + ", "
              + attempts
              + " attempts: waits must not be negative nor fall, the jitter must be 0 to 1, and one"
              + " attempt is the least.");
    }
  }

  /** The wait after that many failures in a row, at least 1. */
  Duration delay(int failures, Random random) {
    double full = (double) first.toNanos() * Math.pow(factor, Math.min(failures, 64) - 1.0);
    double capped = Math.min(full, (double) longest.toNanos());
    return Duration.ofNanos((long) (capped * (1 - jitter * random.nextDouble())));
  }
}
