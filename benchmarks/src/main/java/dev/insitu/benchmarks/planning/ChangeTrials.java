package dev.insitu.benchmarks.planning;

import dev.insitu.device.ChangeDetector;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.random.RandomGenerator;

/**
 * Seconds of channels in random order, so that no change is among them, and changes put in at known
 * places. Not thread-safe.
 */
public final class ChangeTrials {

  private static final int SAMPLES = 4; // in a second, as the SDK measures
  private static final int SECONDS_BEFORE = 20; // at least, and less than twice as many

  /** How long a change is looked for. */
  public static final int MOST_SECONDS = 60;

  private static final double DIFFERENCE = 0.3;
  private static final double ONE_DEVIATION = 0.1587; // share of normal numbers below -1

  /** Looks at one sample after the other. */
  public interface Detector {

    /** The way of a change by this sample: 1 up, -1 down, 0 if there is none. */
    int add(double rate);
  }

  private final RandomGenerator random;

  /** Draws everything from there. */
  public ChangeTrials(RandomGenerator random) {
    this.random = random;
  }

  /** The device's. */
  public static Detector ours() {
    ChangeDetector detector = new ChangeDetector();
    return rate ->
        detector.add(rate).map(change -> change.after() > change.before() ? 1 : -1).orElse(0);
  }

  /** Sees a change in every sample that differs by 30 % from the one that was the last change. */
  public static Detector everyDifference() {
    double[] last = {Double.NaN};
    return rate -> {
      if (Double.isNaN(last[0]) || Math.abs(rate - last[0]) > DIFFERENCE * last[0]) {
        int way = Double.isNaN(last[0]) ? 0 : (int) Math.signum(rate - last[0]);
        last[0] = rate;
        return way;
      }
      return 0;
    };
  }

  /**
   * What nobody can be faster than who sees a change where there is none so seldom: Lorden's bound
   * (1971) for independent seconds of normal noise in the logarithm, as wide as the channel's is
   * around its median.
   *
   * @param secondsBetween false alarms, on average
   */
  public static double leastDelay(FluidChannel channel, double factor, double secondsBetween) {
    double[] logs = new double[channel.period()];
    Arrays.setAll(logs, second -> Math.log(Math.max(bytes(channel, second), 1)));
    Arrays.sort(logs);
    double low = logs[(int) (ONE_DEVIATION * logs.length)];
    double high = logs[(int) ((1 - ONE_DEVIATION) * logs.length)];
    double deviations = 2 * Math.log(factor) / (high - low);
    return 2 * Math.log(secondsBetween) / (deviations * deviations);
  }

  /** How many changes are seen in a channel's seconds in random order. */
  public int falseAlarms(FluidChannel channel, Detector detector) {
    int alarms = 0;
    for (int second : shuffled(channel.period())) {
      double rate = bytes(channel, second);
      for (int i = 0; i < SAMPLES; i++) {
        alarms += Math.abs(detector.add(rate));
      }
    }
    return alarms;
  }

  private int[] shuffled(int count) {
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      int other = random.nextInt(i + 1);
      order[i] = order[other];
      order[other] = i;
    }
    return order;
  }

  private static double bytes(FluidChannel channel, int second) {
    return channel.meanBetween(second, second + 1.0) / 8;
  }

  /**
   * How long it takes to see a change of the level in the right direction, up or down with equal
   * chance.
   *
   * @param factor of the change
   * @return in seconds; nothing if it is not seen within a minute
   */
  public OptionalDouble delay(FluidChannel channel, double factor, Detector detector) {
    int place = SECONDS_BEFORE + random.nextInt(SECONDS_BEFORE);
    int way = random.nextBoolean() ? 1 : -1;
    for (int second = 0; second < place; second++) {
      play(channel, 1, detector, 0);
    }
    for (int second = 0; second < MOST_SECONDS; second++) {
      int samples = play(channel, Math.pow(factor, way), detector, way);
      if (samples > 0) {
        return OptionalDouble.of(second + (double) samples / SAMPLES);
      }
    }
    return OptionalDouble.empty();
  }

  /** Plays any second; the number of the sample that shows the change looked for, or 0. */
  private int play(FluidChannel channel, double level, Detector detector, int way) {
    double rate = level * bytes(channel, random.nextInt(channel.period()));
    for (int i = 1; i <= SAMPLES; i++) {
      if (detector.add(rate) == way && way != 0) {
        return i;
      }
    }
    return 0;
  }
}
