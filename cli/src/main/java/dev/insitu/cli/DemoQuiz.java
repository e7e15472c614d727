package dev.insitu.cli;

import dev.insitu.runtime.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Questions with known answers, to see how good a model is at any moment.
 *
 * @param questions inputs, each of one or several samples
 * @param output the answer that counts
 * @param labels for every sample the right class; empty: what counts is agreement with {@code root}
 * @param root what the root model answers to each question
 */
record DemoQuiz(
    List<Map<String, Tensor>> questions,
    String output,
    Optional<int[]> labels,
    List<float[]> root,
    int classes) {

  DemoQuiz {
    questions = List.copyOf(questions);
    root = List.copyOf(root);
  }

  /** "accuracy" or "agreement". */
  String measure() {
    return labels.isPresent() ? "accuracy" : "agreement";
  }

  /** Share of right answers, 0..1. */
  double score(Function<Map<String, Tensor>, Map<String, Tensor>> model) {
    double right = 0;
    int samples = 0;
    for (int q = 0; q < questions.size(); q++) {
      float[] answer = answer(model.apply(questions.get(q)));
      int count = classes > 1 ? answer.length / classes : 1;
      for (int s = 0; s < count; s++) {
        right += score(answer, root.get(q), s, samples + s);
      }
      samples += count;
    }
    return samples == 0 ? 1 : right / samples;
  }

  /** The answer that counts. */
  float[] answer(Map<String, Tensor> outputs) {
    return Objects.requireNonNull(outputs.get(output), output).floats();
  }

  private double score(float[] answer, float[] rootAnswer, int sample, int index) {
    if (classes <= 1) {
      return 1 - relativeError(answer, rootAnswer);
    }
    int best = best(answer, sample * classes);
    int right = labels.map(all -> all[index]).orElseGet(() -> best(rootAnswer, sample * classes));
    return best == right ? 1 : 0;
  }

  private int best(float[] values, int from) {
    int best = 0;
    for (int i = 1; i < classes; i++) {
      if (values[from + i] > values[from + best]) {
        best = i;
      }
    }
    return best;
  }

  /** |a - b| / |b| over all values, at most 1. */
  static double relativeError(float[] a, float[] b) {
    double error = 0;
    double power = 0;
    for (int i = 0; i < b.length; i++) {
      error += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
      power += (double) b[i] * b[i];
    }
    return error == 0 ? 0 : Math.min(1, Math.sqrt(error / Math.max(power, 1e-30)));
  }

  /**
   * Whether every answer of the model is the root's up to rounding: max |a - b| at most 1e-4 of the
   * largest answer.
   */
  boolean isRoot(Function<Map<String, Tensor>, Map<String, Tensor>> model) {
    for (int q = 0; q < questions.size(); q++) {
      if (!same(answer(model.apply(questions.get(q))), root.get(q))) {
        return false;
      }
    }
    return true;
  }

  static boolean same(float[] a, float[] b) {
    float largest = 0;
    for (float value : b) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < b.length; i++) {
      if (!(Math.abs(a[i] - b[i]) <= 1e-4f * largest)) {
        return false;
      }
    }
    return a.length == b.length;
  }
}
