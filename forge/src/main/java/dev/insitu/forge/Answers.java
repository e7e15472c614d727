package dev.insitu.forge;

import java.util.List;
import java.util.stream.IntStream;

/**
 * What a model answers to samples: the values of one of its outputs.
 *
 * @param kind what the values are
 * @param values for each sample its values in C order; not to be written to
 */
record Answers(Kind kind, List<float[]> values) {

  /** What the values of an output are. */
  enum Kind {
    /** A number for each class, the largest for the most likely one. */
    CLASSES,
    /** Numbers that are near one another if the models agree. */
    NUMBERS,
    /** Indices and the like, that are equal or not. */
    INTEGERS
  }

  Answers {
    values = List.copyOf(values);
  }

  int samples() {
    return values.size();
  }

  /** The most likely class of a sample; -1 if its values are no numbers. */
  int best(int sample) {
    float[] scores = values.get(sample);
    int best = 0;
    for (int i = 0; i < scores.length; i++) {
      if (Float.isNaN(scores[i])) {
        return -1;
      }
      best = scores[i] > scores[best] ? i : best;
    }
    return best;
  }

  /**
   * The samples whose answers say something: numbers that are all alike, as where a detector finds
   * nothing, are the same for many a wrong model too. Single numbers say something if they differ
   * between samples.
   */
  int[] telling() {
    return IntStream.range(0, samples()).filter(this::tells).toArray();
  }

  private boolean tells(int sample) {
    float[] mine = values.get(sample);
    if (kind != Kind.NUMBERS || mine.length == 0) {
      return true;
    }
    return mine.length == 1 ? differsAmongSamples() : differs(mine);
  }

  private boolean differsAmongSamples() {
    float first = values.getFirst()[0];
    return samples() == 1
        || values.stream().anyMatch(other -> other.length != 1 || other[0] != first);
  }

  private static boolean differs(float[] numbers) {
    for (float number : numbers) {
      if (number != numbers[0]) {
        return true; // also if it is NaN
      }
    }
    return false;
  }
}
