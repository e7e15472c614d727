package dev.insitu.device;

import dev.insitu.elastic.plan.Channel;
import dev.insitu.elastic.plan.Estimate;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;

/**
 * What was measured of the device's link: rates down and up, and the round trip, each with its
 * spread. Thread-safe.
 */
final class LinkMeter {

  private static final int MEMORY = 40; // samples of a rate
  private static final int TRIPS = 16;
  private static final int BODIES = 16;
  private static final int LEAST_BODY = 8 << 10; // bytes; smaller ones tell the delay only
  private static final int LEAST_SAMPLES = 3;
  private static final double LEAST_TRIP = 1e-6; // seconds, of a clock that hardly ticks

  private int count; // guarded by this, as all below
  private double mean; // bytes per second
  private double variance;
  private final Deque<Double> trips = new ArrayDeque<>(); // seconds, the latest last
  private final Deque<Double> bodies = new ArrayDeque<>(); // bytes per second, the latest last

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
    add(seconds, trips, TRIPS);
  }

  private static void add(double value, Deque<Double> latest, int most) {
    latest.addLast(value);
    if (latest.size() > most) {
      latest.removeFirst();
    }
  }

  /**
   * Takes the time that a body took upwards. When the last byte was handed over says nothing: the
   * socket's buffer takes megabytes at once. So what counts is the time until the answer begins,
   * less what the server says it worked and less the round trip. What a body took beyond that, such
   * as a handshake or the server's reading, is about a round trip, so a body that went faster
   * counts as one that took as long: the rate is at least that high.
   *
   * @param bytes of the body
   * @param seconds from its first byte to the answer's, without the server's work
   */
  synchronized void sent(int bytes, double seconds) {
    if (trips.isEmpty()) {
      return;
    }
    double trip = Math.max(leastTrip(), LEAST_TRIP);
    if (bytes >= LEAST_BODY) {
      add(bytes / Math.max(seconds - trip, trip), bodies, BODIES);
    } else if (seconds > 0 && seconds < trip) {
      roundTrip(seconds);
    }
  }

  /** What is known; nothing is said of losses, which are in the rate of what arrived. */
  synchronized Channel channel() {
    Optional<Estimate> down =
        count < LEAST_SAMPLES
            ? Optional.empty()
            : Optional.of(new Estimate(8 * mean, 8 * Math.sqrt(variance)));
    return new Channel(down, up(), trip(), Optional.empty(), Optional.empty());
  }

  /** The median, as a server that was busy with something else, or a stall, makes some too slow. */
  private Optional<Estimate> up() {
    if (bodies.size() < LEAST_SAMPLES) {
      return Optional.empty();
    }
    double[] rates = bodies.stream().mapToDouble(rate -> 8 * rate).sorted().toArray();
    double median = (rates[(rates.length - 1) / 2] + rates[rates.length / 2]) / 2;
    return Optional.of(new Estimate(median, spread(rates, median)));
  }

  private static double spread(double[] values, double around) {
    double squares = Arrays.stream(values).map(value -> Math.pow(value - around, 2)).sum();
    return Math.sqrt(squares / values.length);
  }

  /**
   * The shortest answer: longer ones held a handshake, or the server's work. The spread is what the
   * others took more, in the quadratic mean.
   */
  private Optional<Estimate> trip() {
    if (trips.isEmpty()) {
      return Optional.empty();
    }
    double least = leastTrip();
    double[] all = trips.stream().mapToDouble(trip -> trip).toArray();
    return Optional.of(new Estimate(least, spread(all, least)));
  }

  private double leastTrip() {
    return trips.stream().mapToDouble(trip -> trip).min().orElseThrow();
  }
}
