package dev.insitu.link;

import java.time.Duration;

/** A moment at which every connection of a link is reset and what is inside the link is lost. */
public sealed interface Cut {
  /** The latest time of a cut and the longest refusal. */
  Duration LONGEST = Duration.ofDays(1);

  /** How long new connections are reset as well, from the cut on. */
  Duration refuseFor();

  /** The same cut, followed by a time in which new connections are reset. */
  Cut refusing(Duration duration);

  /** A cut when exactly so many bytes have been delivered to the device, over all connections. */
  static Cut afterBytes(long bytes) {
    return new AfterBytes(bytes, Duration.ZERO);
  }

  /** A cut so long after the link's first connection. */
  static Cut at(Duration time) {
    return new AtTime(time, Duration.ZERO);
  }

  /**
   * See {@link Cut#afterBytes}.
   *
   * @param bytes at least 1
   */
  record AfterBytes(long bytes, Duration refuseFor) implements Cut {
    /** Checks the ranges. */
    public AfterBytes {
      if (bytes < 1) {
        throw new IllegalArgumentException(String.format("cut: after %d bytes, at least 1", bytes));
      }
      requireInRange("time of refusal", refuseFor);
    }

    @Override
    public Cut refusing(Duration duration) {
      return new AfterBytes(bytes, duration);
    }
  }

  /** See {@link Cut#at}. */
  record AtTime(Duration time, Duration refuseFor) implements Cut {
    /** Checks the ranges. */
    public AtTime {
      requireInRange("time", time);
      requireInRange("time of refusal", refuseFor);
    }

    @Override
    public Cut refusing(Duration duration) {
      return new AtTime(time, duration);
    }
  }

  private static void requireInRange(String name, Duration value) {
    if (value.isNegative() || value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          String.format("cut: %s %s is outside [0, %s]", name, value, LONGEST));
    }
  }
}
