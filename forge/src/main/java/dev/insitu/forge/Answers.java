package dev.insitu.forge;

import java.util.List;

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
}
