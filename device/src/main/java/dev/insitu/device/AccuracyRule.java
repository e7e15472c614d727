package dev.insitu.device;

/**
 * When a new version is rolled back because its answers are worse than those of the version before.
 * Judged are the outcomes that the application reports, see {@link Model#report(double)}; without
 * reports nothing happens.
 *
 * <p>However long it is watched, a version whose mean score is at least that of the version before
 * less the tolerance is rolled back with at most the error probability. This holds for independent
 * scores of any distribution between 0 and 1.
 *
 * @param errorProbability of a roll-back that was not due, above 0 and below 1
 * @param tolerance drop of the mean score that is accepted, 0 to 1
 * @param window most outcomes of the version before that are compared with, its latest, at least 1
 * @param trial outcomes of the new version after which it is trusted, at least 1
 */
public record AccuracyRule(double errorProbability, double tolerance, int window, int trial) {

  /** At most one version in a hundred is wrongly rolled back; a drop by a hundredth is accepted. */
  public static final AccuracyRule DEFAULT = new AccuracyRule(0.01, 0.01, 1000, 5000);

  private static final int MOST_OUTCOMES = 1_000_000;

  public AccuracyRule {
    if (!(errorProbability > 0 && errorProbability < 1)) {
      throw new IllegalArgumentException(
          "An error probability is above 0 and below 1, not " + errorProbability);
    }
    if (!(tolerance >= 0 && tolerance <= 1)) {
      throw new IllegalArgumentException("A tolerance is 0 to 1, not " + tolerance);
    }
    requireCount("window", window);
    requireCount("trial", trial);
  }

  private static void requireCount(String name, int outcomes) {
    if (outcomes < 1 || outcomes > MOST_OUTCOMES) {
      throw new IllegalArgumentException(
          "The " + name + " is 1 to " + MOST_OUTCOMES + " outcomes, not " + outcomes);
    }
  }
}
