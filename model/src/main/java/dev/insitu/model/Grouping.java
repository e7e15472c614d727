package dev.insitu.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Joins consecutive units into groups that are each transferred and launched as one, so that the
 * last result is there earliest.
 *
 * <p>With {@code F[i][g]} the earliest end of units 1..i in g groups and {@code X(i,g)} the end of
 * their transfer,
 *
 * <pre>F[i][g] = min over j &lt; i of max(F[j][g-1], X(i,g)) + launch(i) + compute(j+1..i)</pre>
 *
 * which is exact, because a group's start depends on the groups before it only through their end
 * and their number. Cost O(n^2 g). Where downloading takes longer than computing, most groupings
 * end at the same time; among them the one whose groups are of more even size is preferred, group
 * by group. Sizes are capped, or the optimum would often be one big group and a tiny last one; a
 * unit above the cap takes small neighbours with it. PipeSwitch (OSDI 2020) searches the same
 * space.
 *
 * @param transfer by unit: seconds of transfer
 * @param compute by unit: seconds of computing
 * @param bytes by unit: size
 * @param launch by unit: fixed seconds of a group that ends there
 * @param secondsPerTransfer fixed seconds of each transfer
 */
@SuppressWarnings("ArrayRecordComponent")
record Grouping(
    double[] transfer, double[] compute, long[] bytes, double[] launch, double secondsPerTransfer) {

  private static final double EQUAL = 1e-9;

  /** Share of the cap that neighbours of a unit above the cap may have together. */
  private static final double TRIFLE = 0.125;

  /** Share of unevenness that a second of launching is worth. */
  private static final double LAUNCH_WEIGHT = 50;

  /** When the last unit is done and where groups end, as numbers of units. */
  record Result(double seconds, List<Integer> ends) {}

  /**
   * The best grouping.
   *
   * @param maxGroups most groups
   * @param maxBytes most bytes of a group, but for a unit above it; raised as far as necessary
   */
  Result best(int maxGroups, long maxBytes) {
    long cap = Math.max(1, maxBytes);
    while (true) {
      Result result = solve(maxGroups, cap);
      if (!result.ends().isEmpty()) {
        return result;
      }
      cap = cap > Long.MAX_VALUE / 2 ? Long.MAX_VALUE : cap + cap / 4 + 1;
    }
  }

  private Result solve(int maxGroups, long maxBytes) {
    int n = transfer.length;
    double[] computeSum = sums(compute);
    double[] transferSum = sums(transfer);
    double[] byteSum = sums(Arrays.stream(bytes).asDoubleStream().toArray());
    double[][] end = new double[maxGroups + 1][n + 1];
    double[][] uneven = new double[maxGroups + 1][n + 1];
    int[][] from = new int[maxGroups + 1][n + 1];
    for (double[] row : end) {
      Arrays.fill(row, Double.POSITIVE_INFINITY);
    }
    end[0][0] = 0;
    double whole = Math.max(1, byteSum[n]);
    for (int g = 1; g <= maxGroups; g++) {
      for (int i = g; i <= n; i++) {
        double arrived = g * secondsPerTransfer + transferSum[i];
        long largest = 0;
        for (int j = i - 1; j >= g - 1; j--) {
          double size = byteSum[i] - byteSum[j];
          largest = Math.max(largest, bytes[j]);
          if (size > maxBytes && size - largest > maxBytes * TRIFLE) {
            break;
          }
          double candidate =
              Math.max(end[g - 1][j], arrived) + launch[i - 1] + computeSum[i] - computeSum[j];
          double spread =
              uneven[g - 1][j] + Math.pow(size / whole, 2) + LAUNCH_WEIGHT * launch[i - 1];
          if (isBetter(candidate, spread, end[g][i], uneven[g][i])) {
            end[g][i] = candidate;
            uneven[g][i] = spread;
            from[g][i] = j;
          }
        }
      }
    }
    return trace(end, uneven, from);
  }

  private static boolean isBetter(double end, double spread, double otherEnd, double otherSpread) {
    if (Double.isInfinite(end) || Double.isInfinite(otherEnd)) {
      return end < otherEnd;
    }
    double tolerance = EQUAL * Math.max(end, otherEnd);
    return end < otherEnd - tolerance || end <= otherEnd + tolerance && spread < otherSpread;
  }

  private static Result trace(double[][] end, double[][] uneven, int[][] from) {
    int n = end[0].length - 1;
    int best = 0;
    for (int g = 1; g < end.length; g++) {
      if (isBetter(end[g][n], uneven[g][n], end[best][n], uneven[best][n])) {
        best = g;
      }
    }
    List<Integer> ends = new ArrayList<>();
    for (int g = best, i = n; g > 0; i = from[g][i], g--) {
      ends.addFirst(i);
    }
    return new Result(end[best][n], ends);
  }

  private static double[] sums(double[] values) {
    double[] sums = new double[values.length + 1];
    for (int i = 0; i < values.length; i++) {
      sums[i + 1] = sums[i] + values[i];
    }
    return sums;
  }
}
