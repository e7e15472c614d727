package dev.insitu.device;

import java.util.Optional;

/**
 * Tells when the level of a rate has changed for good, from the noise around it. Not thread-safe.
 *
 * <p>Implementation: a self-starting two-sided CUSUM of log rates (D. M. Hawkins, "Self-starting
 * CUSUM charts for location and scale", The Statistician 36, 1987). Each sample is measured against
 * mean and spread of those since the last change, which gives a t-distributed number, turned into a
 * normal one by Wallace's approximation (1959): so the rate of false alarms does not depend on how
 * noisy the link is, nor on how little of it has been seen. With drift 0.5 and threshold 12 a
 * stationary rate of independent samples gives one in some 500,000 (Siegmund's approximation);
 * tests hold it to {@link #FALSE_ALARM_SAMPLES}. No sample counts for more than 2 deviations,
 * neither in the sums, so it takes nine at least, nor in mean and spread: of the seconds of 5G
 * downloads 3 % bring nothing, which would make all else look alike. The constants were chosen on
 * such downloads ({@code insitu bench plan --only changes}). What is forgotten is older than {@link
 * #MEMORY} samples.
 */
public final class ChangeDetector {

  /** Mean number of samples of a stationary rate between two alarms, at least. */
  static final int FALSE_ALARM_SAMPLES = 20_000;

  /** Levels apart by less than this factor are the same. */
  static final double LEAST_FACTOR = 1.25;

  /** Samples that the mean is over. */
  static final int MEMORY = 240;

  private static final double DRIFT = 0.5;
  private static final double THRESHOLD = 12;
  private static final double MOST_DEVIATIONS = 2;
  private static final double LEAST_SPREAD = 0.15; // of log rates: less is no noise of links
  private static final int LEAST_SAMPLES = 6;
  private static final double LEAST_RATE = 1; // bytes per second: a dead link has a logarithm too

  private final Level level = new Level();
  private final Side up = new Side(1);
  private final Side down = new Side(-1);

  /** Has seen nothing yet. */
  public ChangeDetector() {}

  /**
   * A change.
   *
   * @param before rate until then, in the unit of the samples
   * @param after rate since
   */
  public record Change(double before, double after) {}

  /** Takes the rate over the next stretch of time; all stretches are of about the same length. */
  public Optional<Change> add(double rate) {
    double value = Math.log(Math.max(rate, LEAST_RATE));
    if (level.count < LEAST_SAMPLES) {
      level.add(value);
      return Optional.empty();
    }
    double deviations = level.deviations(value);
    double near = level.near(value);
    level.add(near);
    for (Side side : new Side[] {up, down}) {
      side.add(deviations, value, near);
      if (side.sum > THRESHOLD) {
        return crossed(side);
      }
    }
    return Optional.empty();
  }

  private Optional<Change> crossed(Side side) {
    double before = level.without(side.since.count, side.near);
    double after = side.since.mean;
    boolean real = Math.abs(after - before) >= Math.log(LEAST_FACTOR);
    if (real) {
      level.take(side.since);
    }
    up.clear();
    down.clear();
    return real ? Optional.of(new Change(Math.exp(before), Math.exp(after))) : Optional.empty();
  }

  /** Mean and spread of log rates. */
  private static final class Level {
    private int count;
    private double mean;
    private double variance;

    void add(double value) {
      count = Math.min(count + 1, MEMORY);
      double step = (value - mean) / count;
      variance += ((value - mean) * (value - mean - step) - variance) / count;
      mean += step;
    }

    void take(Level other) {
      count = other.count;
      mean = other.mean;
      variance = other.variance;
    }

    /** The mean without the latest values, of which the sum is told. */
    double without(int latest, double sum) {
      int left = count - latest;
      return left > 0 ? (mean * count - sum) / left : mean;
    }

    private double spread() {
      return Math.max(Math.sqrt(variance * count / (count - 1)), LEAST_SPREAD);
    }

    /** The value, or what of it counts if it is far off. */
    double near(double value) {
      double most = MOST_DEVIATIONS * spread();
      return Math.min(Math.max(value, mean - most), mean + most);
    }

    /** How far a further value is from the mean, as a normal number. */
    double deviations(double value) {
      double t = (value - mean) / (spread() * Math.sqrt(1 + 1.0 / count));
      double freedom = count - 1;
      double size =
          Math.sqrt(freedom * Math.log1p(t * t / freedom)) * (8 * freedom + 1) / (8 * freedom + 3);
      return Math.copySign(Math.min(size, MOST_DEVIATIONS), t);
    }
  }

  /** The sum for one direction, and the samples since it was last 0. */
  private static final class Side {
    private final int sign;
    private double sum;
    private Level since = new Level();
    private double near; // sum of these samples as the level took them

    Side(int sign) {
      this.sign = sign;
    }

    void add(double deviations, double value, double counted) {
      sum = Math.max(0, sum + sign * deviations - DRIFT);
      if (sum == 0) {
        clear();
      } else {
        since.add(value);
        near += counted;
      }
    }

    void clear() {
      sum = 0;
      since = new Level();
      near = 0;
    }
  }
}
