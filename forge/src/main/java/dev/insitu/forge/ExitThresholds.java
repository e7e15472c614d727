package dev.insitu.forge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Chooses from what thresholds on exits answer, so that a mean answer costs least and no more right
 * answers are lost than a budget allows. Pure.
 *
 * <p>For one exit the choice is exact: only the samples' own certainties matter as thresholds, and
 * going through them from the surest down gives what each would cost and lose. Several exits depend
 * on one another, since who leaves early never reaches the next one. There the search goes from
 * exit to exit and each time takes the exact best for one with the others as they are, until
 * nothing improves: first with lost answers at a price instead of a budget, so that the exits share
 * it, at many prices; then within the budget. The cheapest result of all is taken. It is a local
 * optimum, never worse than the best that any one exit reaches alone. O(prices x sweeps x exits x n
 * log n) for n samples.
 */
final class ExitThresholds {

  /** What no sample reaches. */
  static final double NEVER = Double.POSITIVE_INFINITY;

  private static final int MOST_SWEEPS = 20;
  private static final double CHEAPEST_PRICE = 1e-3;
  private static final double PRICE_STEP = 1.6;
  private static final int PRICES = 32;
  private static final double EQUAL = 1e-12;

  private final List<Exit> exits;
  private final boolean[] rightAtEnd;
  private final double cost;
  private final int fewestRight;

  /**
   * What the samples do at an exit.
   *
   * @param sureness by sample: the higher the surer; NaN is never sure
   * @param right by sample: whether its answer here is right
   * @param cost of everything before the head
   * @param headCost of the head, which everyone pays who is asked here
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Exit(double[] sureness, boolean[] right, double cost, double headCost) {}

  /**
   * What was chosen.
   *
   * @param thresholds by exit the least sureness that answers; {@link #NEVER} if none does
   * @param cost mean of the samples
   * @param right samples answered rightly
   */
  record Choice(List<Double> thresholds, double cost, int right) {

    Choice {
      thresholds = List.copyOf(thresholds);
    }
  }

  private ExitThresholds(List<Exit> exits, boolean[] rightAtEnd, double cost, double budget) {
    this.exits = exits;
    this.rightAtEnd = rightAtEnd;
    this.cost = cost;
    int right = 0;
    for (boolean one : rightAtEnd) {
      right += one ? 1 : 0;
    }
    this.fewestRight = right - (int) Math.floor(budget * rightAtEnd.length + 1e-9);
  }

  /**
   * The thresholds for a budget.
   *
   * @param exits in the order of the model
   * @param rightAtEnd by sample: whether the whole model is right
   * @param cost of the whole model without heads
   * @param budget share of all samples that may be answered rightly no more
   */
  static Choice choose(List<Exit> exits, boolean[] rightAtEnd, double cost, double budget) {
    return new ExitThresholds(exits, rightAtEnd, cost, budget).choose();
  }

  private Choice choose() {
    double[] never = new double[exits.size()];
    Arrays.fill(never, NEVER);
    double[] best = improved(never, 0);
    for (int first = 0; first < exits.size(); first++) {
      double[] alone = never.clone();
      alone[first] = best(first, alone, 0);
      best = cheaper(best, improved(alone, 0));
    }
    double price = CHEAPEST_PRICE * cost;
    for (int i = 0; i < PRICES; i++) {
      double[] priced = improved(never, price);
      if (right(priced) >= fewestRight) {
        best = cheaper(best, improved(priced, 0));
      }
      price *= PRICE_STEP;
    }
    List<Double> thresholds = new ArrayList<>();
    for (double threshold : best) {
      thresholds.add(threshold);
    }
    return new Choice(thresholds, cost(best), right(best));
  }

  private double[] cheaper(double[] one, double[] other) {
    return cost(other) < cost(one) - EQUAL * cost ? other : one;
  }

  /**
   * Takes the best of each exit in turn until nothing changes.
   *
   * @param price of a lost answer; 0 to keep to the budget instead
   */
  private double[] improved(double[] from, double price) {
    double[] thresholds = from.clone();
    boolean changed = true;
    for (int sweep = 0; changed && sweep < MOST_SWEEPS; sweep++) {
      changed = false;
      for (int exit = exits.size() - 1; exit >= 0; exit--) {
        double before = thresholds[exit];
        thresholds[exit] = best(exit, thresholds, price);
        changed |= thresholds[exit] != before;
      }
    }
    return thresholds;
  }

  /** The best threshold of an exit with those of the others as they are. */
  private double best(int exit, double[] thresholds, double price) {
    ExitScan scan = new ExitScan(this, exit, thresholds);
    return scan.best(price, fewestRight);
  }

  /** Where a sample ends: an exit, or {@code exits.size()} for the end of the model. */
  int end(int sample, double[] thresholds) {
    int exit = 0;
    while (exit < exits.size() && !(exits.get(exit).sureness()[sample] >= thresholds[exit])) {
      exit++;
    }
    return exit;
  }

  boolean isRight(int sample, int end) {
    return end == exits.size() ? rightAtEnd[sample] : exits.get(end).right()[sample];
  }

  /** What the way to an end costs, with the heads that are asked on it. */
  double cost(int end, double[] thresholds) {
    double sum = end == exits.size() ? cost : exits.get(end).cost();
    for (int exit = 0; exit <= Math.min(end, exits.size() - 1); exit++) {
      sum += thresholds[exit] < NEVER ? exits.get(exit).headCost() : 0;
    }
    return sum;
  }

  int samples() {
    return rightAtEnd.length;
  }

  double sureness(int exit, int sample) {
    return exits.get(exit).sureness()[sample];
  }

  private double cost(double[] thresholds) {
    double sum = 0;
    for (int sample = 0; sample < samples(); sample++) {
      sum += cost(end(sample, thresholds), thresholds);
    }
    return sum / Math.max(1, samples());
  }

  private int right(double[] thresholds) {
    int right = 0;
    for (int sample = 0; sample < samples(); sample++) {
      right += isRight(sample, end(sample, thresholds)) ? 1 : 0;
    }
    return right;
  }
}
