package dev.insitu.device;

import java.util.Arrays;

/**
 * A sequential test of whether scores have a lower mean than earlier ones. Pure computing; for one
 * thread.
 *
 * <p>Half of the error probability goes to the earlier scores: their mean is at least the lower end
 * of a Chernoff bound (Hoeffding 1963, theorem 1, in terms of relative entropy). The other half
 * goes to a bet against the hypothesis that the new mean is at least that bound less the tolerance,
 * called the floor: a stake gains when a score lies below the floor, so that under the hypothesis
 * the wealth is a supermartingale, which ever reaches 1 / p with probability p at most (Ville
 * 1939). The wealth is the mean over several stakes, as the best stake depends on how large the
 * drop is (Waudby-Smith and Ramdas 2024). The cost of a score is one step for each stake.
 */
final class AccuracyTest {

  /** Shares of the largest stake that cannot ruin; each is best for one size of the drop. */
  private static final double[] STAKES = {0.9, 0.5, 0.25, 0.125, 0.0625, 0.03125, 0.015625};

  private static final int BISECTIONS = 60;

  private final double floor;
  private final double enough; // logarithm of the wealth that decides
  private final double[] wealth = new double[STAKES.length]; // logarithms

  /**
   * @param mean of the earlier scores, 0 to 1
   * @param count of the earlier scores
   */
  AccuracyTest(AccuracyRule rule, double mean, int count) {
    double half = rule.errorProbability() / 2;
    this.floor = lowerBound(mean, count, half) - rule.tolerance();
    this.enough = -Math.log(half);
  }

  /** The mean that the new scores are tested against; not positive if nothing can be decided. */
  double floor() {
    return floor;
  }

  /**
   * Takes the next score.
   *
   * @param score 0 to 1
   * @return whether the mean is lower
   */
  boolean add(double score) {
    if (!(floor > 0)) {
      return false;
    }
    for (int i = 0; i < STAKES.length; i++) {
      wealth[i] += Math.log1p(STAKES[i] * (floor - score) / (1 - floor));
    }
    return logMean() >= enough;
  }

  private double logMean() {
    double most = Arrays.stream(wealth).max().orElseThrow();
    double sum = Arrays.stream(wealth).map(some -> Math.exp(some - most)).sum();
    return most + Math.log(sum / STAKES.length);
  }

  /**
   * What the expectation of scores between 0 and 1 is at least.
   *
   * @param mean of those seen
   * @param count of those seen
   * @param probability that it is less, at most
   */
  static double lowerBound(double mean, int count, double probability) {
    if (count == 0) {
      return 0;
    }
    double most = -Math.log(probability) / count;
    double low = 0;
    double high = mean;
    for (int i = 0; i < BISECTIONS; i++) {
      double middle = (low + high) / 2;
      if (relativeEntropy(mean, middle) > most) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Of two coins, with {@code q < 1}. */
  private static double relativeEntropy(double p, double q) {
    double heads = p == 0 ? 0 : p * Math.log(p / q);
    double tails = p == 1 ? 0 : (1 - p) * Math.log((1 - p) / (1 - q));
    return heads + tails;
  }
}
