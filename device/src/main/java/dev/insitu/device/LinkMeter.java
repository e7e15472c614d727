package dev.insitu.device;

import dev.insitu.elastic.plan.Channel;
import dev.insitu.elastic.plan.Estimate;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * What transfers have measured of the device's link: rate and round trip, each with its spread.
 * Thread-safe.
 */
final class LinkMeter {

  private static final int MEMORY = 40; // samples of a rate
  private static final int TRIPS = 16;
  private static final int LEAST_SAMPLES = 3;

  private int count; // guarded by this, as all below
  private double mean; // bytes per second
  private double variance;
  private final Deque<Double> trips = new ArrayDeque<>(); // seconds, the latest last

  /** Takes the rate over a stretch of time, in bytes per second. */
  synchronized void rate(double bytesPerSecond) {
    count = Math.min(count + 1, MEMORY);
    double off = bytesPerSecond - mean;
    mean += off / count;
    variance += (off * (bytesPerSecond - mean) - variance) / count;
  }

  /** The level of the rate has changed: what was before says nothing any more. */
  synchronized void changed(double bytesPerSecond) {
    double relative = mean > 0 ? Math.sqrt(variance) / mean : 0;
    count = LEAST_SAMPLES;
    mean = bytesPerSecond;
    variance = Math.pow(relative * bytesPerSecond, 2);
  }

  /** Takes the time from a short question to its answer. */
  synchronized void roundTrip(double seconds) {
    trips.addLast(seconds);
    if (trips.size() > TRIPS) {
      trips.removeFirst();
    }
  }

  /** What is known; nothing is said of losses, which are in the rate of what arrived. */
  synchronized Channel channel() {
    Optional<Estimate> down =
        count < LEAST_SAMPLES
            ? Optional.empty()
            : Optional.of(new Estimate(8 * mean, 8 * Math.sqrt(variance)));
    return new Channel(down, Optional.empty(), trip(), Optional.empty(), Optional.empty());
  }

  /**
   * The shortest answer: longer ones held a handshake, or the server's work. The spread is what the
   * others took more, in the quadratic mean.
   */
  private Optional<Estimate> trip() {
    if (trips.isEmpty()) {
      return Optional.empty();
    }
    double least = trips.stream().mapToDouble(trip -> trip).min().orElseThrow();
    double squares = trips.stream().mapToDouble(trip -> (trip - least) * (trip - least)).sum();
    return Optional.of(new Estimate(least, Math.sqrt(squares / trips.size())));
  }
}
