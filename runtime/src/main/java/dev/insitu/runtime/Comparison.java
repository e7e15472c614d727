package dev.insitu.runtime;

import java.util.Arrays;

/** Distances between outputs. */
final class Comparison {

  private Comparison() {}

  /**
   * The largest |a - b| divided by the largest |a|; infinite if types or shapes differ, or integers
   * do; NaN if a value is.
   */
  static double relativeDifference(Tensor expected, Tensor actual) {
    boolean comparable =
        expected.type() == actual.type() && Arrays.equals(expected.shape(), actual.shape());
    if (!comparable) {
      return Double.POSITIVE_INFINITY;
    }
    if (expected.equals(actual)) {
      return 0;
    }
    return expected.type().floating()
        ? relativeDifference(expected.floats(), actual.floats())
        : Double.POSITIVE_INFINITY;
  }

  private static double relativeDifference(float[] expected, float[] actual) {
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs((double) expected[i]));
      difference = Math.max(difference, Math.abs((double) expected[i] - actual[i]));
    }
    return difference == 0 ? 0 : difference / largest;
  }
}
