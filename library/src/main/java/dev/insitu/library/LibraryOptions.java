package dev.insitu.library;

import java.time.Clock;
import java.time.Duration;
import java.util.Objects;

/**
 * How a library behaves.
 *
 * @param clock tells when leases end and versions were published
 * @param planLease how long a plan's chunks count as used after its last use
 * @param maxOpenPlans most plans open at once
 */
public record LibraryOptions(Clock clock, Duration planLease, int maxOpenPlans) {

  /** One hour: a device that was offline longer asks again. */
  public static final Duration DEFAULT_PLAN_LEASE = Duration.ofHours(1);

  /** Most plans open at once. */
  public static final int DEFAULT_MAX_OPEN_PLANS = 65_536;

  public LibraryOptions {
    Objects.requireNonNull(clock);
    if (planLease.isNegative() || maxOpenPlans < 1) {
      throw new IllegalArgumentException(
          "A lease of "
              + planLease
              + " and "
              + maxOpenPlans
              + " open plans were asked for; both must be positive.");
    }
  }

  /** The system's clock and the default limits. */
  public static LibraryOptions defaults() {
    return new LibraryOptions(Clock.systemUTC(), DEFAULT_PLAN_LEASE, DEFAULT_MAX_OPEN_PLANS);
  }
}
