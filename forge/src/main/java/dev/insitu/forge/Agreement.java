package dev.insitu.forge;

import java.util.stream.IntStream;

/**
 * How well one model's answers agree with another's. Classes agree if the most likely one is the
 * same, integers as far as they are equal, other numbers by 1 minus the relative error, at least 0.
 */
final class Agreement {

  private static final double LEAST_POWER = 1e-30;

  private Agreement() {}

  /**
   * Share of agreement, 0..1; 1 if there are no samples.
   *
   * @param samples which to look at
   */
  static double of(Answers answers, Answers root, int... samples) {
    return IntStream.of(samples).mapToDouble(s -> ofOne(answers, root, s)).average().orElse(1);
  }

  private static double ofOne(Answers answers, Answers root, int sample) {
    float[] mine = answers.values().get(sample);
    float[] theirs = root.values().get(sample);
    if (mine.length != theirs.length) {
      return 0; // the number of detections and the like depends on the values
    }
    return switch (root.kind()) {
      case CLASSES -> answers.best(sample) == root.best(sample) ? 1 : 0;
      case INTEGERS -> shareEqual(mine, theirs);
      case NUMBERS -> 1 - relativeError(mine, theirs);
    };
  }

  private static double shareEqual(float[] mine, float[] theirs) {
    int equal = 0;
    for (int i = 0; i < theirs.length; i++) {
      equal += mine[i] == theirs[i] ? 1 : 0;
    }
    return theirs.length == 0 ? 1 : (double) equal / theirs.length;
  }

  /** The length of the difference as a share of the length of {@code theirs}, at most 1. */
  static double relativeError(float[] mine, float[] theirs) {
    double error = 0;
    double power = 0;
    for (int i = 0; i < theirs.length; i++) {
      if (Float.floatToIntBits(mine[i]) == Float.floatToIntBits(theirs[i])) {
        power += Float.isFinite(theirs[i]) ? (double) theirs[i] * theirs[i] : 0;
        continue; // also of values that are no numbers
      }
      double difference = (double) mine[i] - theirs[i];
      error += difference * difference;
      power += (double) theirs[i] * theirs[i];
    }
    if (error == 0) {
      return 0;
    }
    double relative = Math.sqrt(error / Math.max(power, LEAST_POWER));
    return relative <= 1 ? relative : 1; // also if it is NaN
  }
}
