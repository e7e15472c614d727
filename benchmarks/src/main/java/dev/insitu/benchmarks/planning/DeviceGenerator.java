package dev.insitu.benchmarks.planning;

import java.util.OptionalDouble;
import java.util.SplittableRandom;

/**
 * Draws devices; the same seed draws the same ones. Every quantity is log-uniform, so that of each
 * order of magnitude as many come. The ranges were fixed before any plan was tried on them, and are
 * not to be fitted to results. Not thread-safe.
 */
public final class DeviceGenerator {

  static final Range MEMORY_BYTES = new Range(256L << 10, 8L << 30);
  static final Range STORAGE_BYTES = new Range(1L << 20, 64L << 30);
  static final Range MACS_PER_SECOND = new Range(1e6, 1e12);
  static final Range BITS_PER_SECOND = new Range(1e4, 1e9);
  static final Range ROUND_TRIP_SECONDS = new Range(0.005, 0.2);
  static final Range DEADLINE_SECONDS = new Range(0.1, 30);
  static final Range INFERENCES = new Range(1, 1e5);

  /** Half of the devices want at least an accuracy; it is uniform. */
  static final double LEAST_FLOOR = 0.5;

  static final double MOST_FLOOR = 0.95;

  private final SplittableRandom random;

  public DeviceGenerator(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** The next device. */
  public DrawnDevice next() {
    long memory = (long) MEMORY_BYTES.draw(random);
    long storage = (long) STORAGE_BYTES.draw(random);
    double speed = MACS_PER_SECOND.draw(random);
    double rate = BITS_PER_SECOND.draw(random);
    double roundTrip = ROUND_TRIP_SECONDS.draw(random);
    double deadline = DEADLINE_SECONDS.draw(random);
    long inferences = (long) INFERENCES.draw(random);
    boolean asksAccuracy = random.nextBoolean();
    double floor = random.nextDouble(LEAST_FLOOR, MOST_FLOOR);
    return new DrawnDevice(
        memory,
        storage,
        speed,
        rate,
        roundTrip,
        deadline,
        inferences,
        asksAccuracy ? OptionalDouble.of(floor) : OptionalDouble.empty(),
        random.nextDouble(),
        random.nextDouble());
  }

  /**
   * A range of positive numbers.
   *
   * @param least of it
   * @param most of it
   */
  record Range(double least, double most) {

    double draw(SplittableRandom random) {
      return least * Math.pow(most / least, random.nextDouble());
    }

    boolean contains(double value) {
      return value >= least && value <= most;
    }
  }
}
