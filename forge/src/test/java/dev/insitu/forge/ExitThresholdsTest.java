package dev.insitu.forge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.forge.ExitThresholds.Choice;
import dev.insitu.forge.ExitThresholds.Exit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Thresholds against all there are. */
class ExitThresholdsTest {

  private static final double COST = 100;

  @SuppressWarnings("ArrayRecordComponent")
  private record Case(List<Exit> exits, boolean[] right, double budget) {

    Choice chosen() {
      return ExitThresholds.choose(exits, right, COST, budget);
    }

    int fewest() {
      int rights = 0;
      for (boolean one : right) {
        rights += one ? 1 : 0;
      }
      return rights - (int) Math.floor(budget * right.length + 1e-9);
    }

    /** Mean cost and number of right answers, worked out sample by sample. */
    double[] outcome(List<Double> thresholds) {
      double cost = 0;
      int rights = 0;
      for (int s = 0; s < right.length; s++) {
        double way = COST;
        boolean good = right[s];
        double heads = 0;
        for (int e = 0; e < exits.size(); e++) {
          heads += thresholds.get(e) == ExitThresholds.NEVER ? 0 : exits.get(e).headCost();
          if (exits.get(e).sureness()[s] >= thresholds.get(e)) {
            way = exits.get(e).cost();
            good = exits.get(e).right()[s];
            break;
          }
        }
        cost += way + heads;
        rights += good ? 1 : 0;
      }
      return new double[] {cost / right.length, rights};
    }

    /** The least mean cost of all combinations of thresholds within the budget. */
    double cheapest(int exit, List<Double> thresholds) {
      if (exit == exits.size()) {
        double[] outcome = outcome(thresholds);
        return outcome[1] >= fewest() ? outcome[0] : Double.POSITIVE_INFINITY;
      }
      TreeSet<Double> all = new TreeSet<>(List.of(ExitThresholds.NEVER));
      Arrays.stream(exits.get(exit).sureness()).filter(x -> !Double.isNaN(x)).forEach(all::add);
      double best = Double.POSITIVE_INFINITY;
      for (double threshold : all) {
        List<Double> next = new ArrayList<>(thresholds);
        next.add(threshold);
        best = Math.min(best, cheapest(exit + 1, next));
      }
      return best;
    }
  }

  private static Case random(long seed, int exits, int samples) {
    Random random = new Random(seed);
    boolean[] right = new boolean[samples];
    for (int s = 0; s < samples; s++) {
      right[s] = random.nextInt(10) < 8;
    }
    List<Exit> made = new ArrayList<>();
    for (int e = 0; e < exits; e++) {
      double[] sureness = new double[samples];
      boolean[] good = new boolean[samples];
      for (int s = 0; s < samples; s++) {
        good[s] = right[s] ? random.nextInt(10) < 7 : random.nextInt(10) < 1;
        double sure = random.nextInt(12) / 12.0;
        sureness[s] = random.nextInt(20) == 0 ? Double.NaN : good[s] ? Math.sqrt(sure) : sure;
      }
      double cost = COST * (e + 1) / (exits + 1) * (0.5 + random.nextDouble() / 2);
      made.add(new Exit(sureness, good, cost, random.nextInt(3) * 5));
    }
    double[] budgets = {0, 0.05, 0.1, 0.3};
    return new Case(made, right, budgets[random.nextInt(4)]);
  }

  @ParameterizedTest(name = "seeds from {0}")
  @ValueSource(longs = {0, 1000, 2000, 3000})
  void oneExitIsExact(long from) {
    for (long seed = from; seed < from + 200; seed++) {
      Case one = random(seed, 1, 1 + (int) (seed % 30));
      Choice chosen = one.chosen();
      double[] outcome = one.outcome(chosen.thresholds());
      assertEquals(one.cheapest(0, List.of()), chosen.cost(), 1e-9, "seed " + seed);
      assertEquals(outcome[0], chosen.cost(), 1e-9, "seed " + seed);
      assertEquals(outcome[1], chosen.right(), "seed " + seed);
    }
  }

  @ParameterizedTest(name = "seeds from {0}")
  @ValueSource(longs = {0, 1000})
  void severalExitsKeepTheBudgetAndAreNearlyTheBest(long from) {
    double mine = 0;
    double best = 0;
    for (long seed = from; seed < from + 150; seed++) {
      Case some = random(seed, 2 + (int) (seed % 2), 12);
      Choice chosen = some.chosen();
      double[] outcome = some.outcome(chosen.thresholds());
      assertEquals(outcome[0], chosen.cost(), 1e-9, "seed " + seed);
      assertEquals(outcome[1], chosen.right(), "seed " + seed);
      assertTrue(chosen.right() >= some.fewest(), "seed " + seed);
      double cheapest = some.cheapest(0, List.of());
      assertTrue(chosen.cost() >= cheapest - 1e-9, "seed " + seed);
      for (int e = 0; e < some.exits().size(); e++) {
        Case alone = new Case(some.exits().subList(e, e + 1), some.right(), some.budget());
        assertTrue(chosen.cost() <= alone.chosen().cost() + 1e-9, "seed " + seed);
      }
      mine += COST - chosen.cost();
      best += COST - cheapest;
    }
    assertTrue(mine >= 0.97 * best, "saved " + mine + " of " + best + ", seeds from " + from);
  }

  @Test
  void withoutExitsNothingIsChosen() {
    Choice none = ExitThresholds.choose(List.of(), new boolean[] {true, false}, COST, 0.01);
    assertEquals(new Choice(List.of(), COST, 1), none);
  }

  @Test
  void anExitThatCostsMoreThanTheRestNeverAnswers() {
    Exit heavy = new Exit(new double[] {1, 1}, new boolean[] {true, true}, 90, 20);
    Choice choice = ExitThresholds.choose(List.of(heavy), new boolean[] {true, true}, COST, 1);
    assertEquals(List.of(ExitThresholds.NEVER), choice.thresholds());
  }

  @Test
  void alikeSuresAnswerTogetherOrNotAtAll() {
    double[] sure = {0.9, 0.9, 0.5};
    Exit exit = new Exit(sure, new boolean[] {true, false, true}, 10, 1);
    boolean[] right = {true, true, true};
    assertEquals(
        List.of(ExitThresholds.NEVER),
        ExitThresholds.choose(List.of(exit), right, COST, 0).thresholds());
    assertEquals(
        List.of(0.5), ExitThresholds.choose(List.of(exit), right, COST, 0.34).thresholds());
  }
}
