package dev.insitu.benchmarks.scenarios;

import dev.insitu.runtime.GraphRun;
import dev.insitu.runtime.Optimisation;
import dev.insitu.runtime.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What models answer, and how far answers are apart. */
final class Answers {

  /** Largest difference of answers that are the same up to rounding, as {@link #difference}. */
  static final double SAME = 1e-5;

  private Answers() {}

  /** What ONNX Runtime answers with a file. */
  static List<Map<String, Tensor>> of(
      Path onnx, List<Map<String, Tensor>> questions, Optimisation optimisation) {
    try (GraphRun run = GraphRun.open(onnx, optimisation)) {
      return of(run::run, questions);
    }
  }

  /** What a model answers. */
  static List<Map<String, Tensor>> of(
      Function<Map<String, Tensor>, Map<String, Tensor>> model,
      List<Map<String, Tensor>> questions) {
    List<Map<String, Tensor>> answers = new ArrayList<>();
    questions.forEach(question -> answers.add(model.apply(question)));
    return answers;
  }

  /** The largest difference of any answer. */
  static double difference(List<Map<String, Tensor>> expected, List<Map<String, Tensor>> actual) {
    double worst = 0;
    for (int i = 0; i < expected.size(); i++) {
      worst = Math.max(worst, difference(expected.get(i), actual.get(i)));
    }
    return worst;
  }

  /**
   * The largest |a - b| of an output by its largest |a|; infinite if outputs, types or shapes
   * differ, or integers do.
   */
  static double difference(Map<String, Tensor> expected, Map<String, Tensor> actual) {
    double worst = expected.keySet().equals(actual.keySet()) ? 0 : Double.POSITIVE_INFINITY;
    for (Map.Entry<String, Tensor> output : expected.entrySet()) {
      Tensor other = actual.get(output.getKey());
      worst =
          Math.max(
              worst,
              other == null ? Double.POSITIVE_INFINITY : difference(output.getValue(), other));
    }
    return worst;
  }

  private static double difference(Tensor expected, Tensor actual) {
    if (expected.equals(actual)) {
      return 0;
    }
    boolean comparable =
        expected.type() == actual.type()
            && Arrays.equals(expected.shape(), actual.shape())
            && expected.type().floating();
    if (!comparable) {
      return Double.POSITIVE_INFINITY;
    }
    float[] a = expected.floats();
    float[] b = actual.floats();
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.abs(a[i]));
      double apart = Math.abs((double) a[i] - b[i]);
      difference = Math.max(difference, Double.isNaN(apart) ? Double.POSITIVE_INFINITY : apart);
    }
    return difference == 0 ? 0 : difference / largest;
  }

  /** |a - b| / |a| over all values of all float outputs. */
  static double error(Map<String, Tensor> expected, Map<String, Tensor> actual) {
    double error = 0;
    double power = 0;
    for (Map.Entry<String, Tensor> output : expected.entrySet()) {
      Tensor other = actual.get(output.getKey());
      if (!output.getValue().type().floating() || other == null) {
        continue;
      }
      float[] a = output.getValue().floats();
      float[] b = other.floats();
      for (int i = 0; i < a.length; i++) {
        error += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
        power += (double) a[i] * a[i];
      }
    }
    return error == 0 ? 0 : Math.sqrt(error / power);
  }

  /** The class of every sample of answers with one output of shape [samples, classes]. */
  static int[] classes(List<Map<String, Tensor>> answers) {
    List<Integer> classes = new ArrayList<>();
    for (Map<String, Tensor> answer : answers) {
      Tensor scores = answer.values().iterator().next();
      int width = (int) scores.shape()[1];
      float[] values = scores.floats();
      for (int from = 0; from < values.length; from += width) {
        classes.add(best(values, from, width));
      }
    }
    return classes.stream().mapToInt(Integer::intValue).toArray();
  }

  private static int best(float[] values, int from, int width) {
    int best = 0;
    for (int i = 1; i < width; i++) {
      best = values[from + i] > values[from + best] ? i : best;
    }
    return best;
  }

  /** Share of equal entries. */
  static double agreement(int[] expected, int[] actual) {
    int same = 0;
    for (int i = 0; i < expected.length; i++) {
      same += expected[i] == actual[i] ? 1 : 0;
    }
    return (double) same / expected.length;
  }
}
