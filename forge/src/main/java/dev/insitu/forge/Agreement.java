package dev.insitu.forge;

/**
 * How well one model's answers agree with another's. Answers with classes (two dimensions, at least two classes) agree if the most likely class is the same;
 * all others by 1 minus the relative error of their values, at least 0.
 */
final class Agreement {

  private Agreement() {}

  /**
   * One output for some samples.
   *
   * @param shape with the samples first
   * @param values float[samples * valuesPerSample] in C order
   */
  record Answers(long[] shape, float[] values) {

    boolean classes() {
      return shape.length == 2 && shape[1] >= 2;
    }

    int samples() {
      return shape.length == 0 ? 1 : (int) shape[0];
    }

    int perSample() {
      return samples() == 0 ? 0 : values.length / samples();
    }
  }

  /** Share of agreement, 0..1. */
  static double of(Answers answers, Answers root) {
    double sum = 0;
    for (int sample = 0; sample < root.samples(); sample++) {
      sum += root.classes() ? sameClass(answers, root, sample) : 1 - relativeError(answers, root, sample);
    }
    return root.samples() == 0 ? 1 : sum / root.samples();
  }

  private static double sameClass(Answers answers, Answers root, int sample) {
    return best(answers, sample) == best(root, sample) ? 1 : 0;
  }

  private static double relativeError(Answers answers, Answers root, int sample) {
    double error = 0;
    double power = 0;
    for (int i = sample * root.perSample(); i < (sample + 1) * root.perSample(); i++) {
      double difference = (double) answers.values()[i] - root.values()[i];
      error += difference * difference;
      power += (double) root.values()[i] * root.values()[i];
    }
    return error == 0 ? 0 : Double.isNaN(error) ? 1 : Math.min(1, Math.sqrt(error / Math.max(power, 1e-30)));
  }

  /** The most likely class of a sample. */
  static int best(Answers answers, int sample) {
    int start = sample * answers.perSample();
    int best = 0;
    for (int i = 1; i < answers.perSample(); i++) {
      if (answers.values()[start + i] > answers.values()[start + best]) {
        best = i;
      }
    }
    return best;
  }
}
