package dev.insitu.device;

import java.time.Duration;

/**
 * The least rate at which content must come: a server that lets its bytes drip keeps a device from
 * asking another, or from giving up.
 *
 * @param bytesPerSecond least mean rate; 0 for none
 * @param over time over which the mean is taken
 */
public record RateFloor(long bytesPerSecond, Duration over) {

  /** 16 bytes per second over a minute: slower than any radio link in use, faster than a drip. */
  public static final RateFloor DEFAULT = new RateFloor(16, Duration.ofMinutes(1));

  /** Any rate will do. */
  public static final RateFloor NONE = new RateFloor(0, Duration.ofMinutes(1));

  public RateFloor {
    if (bytesPerSecond < 0 || over.isNegative() || over.isZero()) {
      throw new IllegalArgumentException(
          "A floor of "
              + bytesPerSecond
              + " bytes/s over "
              + over
              + ": the rate must not be negative, the time must be positive.");
    }
  }
}
