package dev.insitu.forge;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * All thresholds of one exit, the others' being fixed: goes through the samples that reach it from
 * the surest down.
 */
final class ExitScan {

  private final ExitThresholds all;
  private final int exit;
  private final double[] asked;
  private final double[] unasked;

  ExitScan(ExitThresholds all, int exit, double[] thresholds) {
    this.all = all;
    this.exit = exit;
    this.asked = thresholds.clone();
    this.unasked = thresholds.clone();
    asked[exit] = Double.MAX_VALUE; // the head is paid, and nobody is sure enough
    unasked[exit] = ExitThresholds.NEVER;
  }

  /**
   * The threshold with the least cost.
   *
   * @param price of a lost answer; 0 to allow only what leaves enough right
   * @param fewestRight answers that must stay right
   */
  double best(double price, int fewestRight) {
    int right = 0;
    double costUnasked = 0;
    double cost = 0;
    for (int sample = 0; sample < all.samples(); sample++) {
      int end = all.end(sample, unasked);
      right += all.isRight(sample, end) ? 1 : 0;
      costUnasked += all.cost(end, unasked);
      cost += all.cost(end, asked);
    }
    double best = ExitThresholds.NEVER;
    double bestValue = value(costUnasked, right, price, fewestRight);
    int[] order = reaching();
    for (int i = 0; i < order.length; i++) {
      int later = all.end(order[i], asked);
      right += (all.isRight(order[i], exit) ? 1 : 0) - (all.isRight(order[i], later) ? 1 : 0);
      cost += all.cost(exit, asked) - all.cost(later, asked);
      double threshold = all.sureness(exit, order[i]);
      boolean whole = i + 1 == order.length || all.sureness(exit, order[i + 1]) < threshold;
      double value = value(cost, right, price, fewestRight);
      if (whole && value < bestValue) {
        best = threshold;
        bestValue = value;
      }
    }
    return best;
  }

  private static double value(double cost, int right, double price, int fewestRight) {
    if (price > 0) {
      return cost - price * right;
    }
    return right >= fewestRight ? cost : Double.POSITIVE_INFINITY;
  }

  /** The samples that get here and know how sure they are, the surest first. */
  private int[] reaching() {
    Comparator<Integer> surest =
        Comparator.comparingDouble((Integer sample) -> -all.sureness(exit, sample));
    return Arrays.stream(
            IntStream.range(0, all.samples())
                .filter(sample -> all.end(sample, unasked) > exit)
                .filter(sample -> !Double.isNaN(all.sureness(exit, sample)))
                .boxed()
                .sorted(surest)
                .toArray(Integer[]::new))
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
