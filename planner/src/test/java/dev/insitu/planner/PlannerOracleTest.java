package dev.insitu.planner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.plan.Goal;
import dev.insitu.elastic.plan.Objective.InOrder;
import dev.insitu.elastic.plan.Objective.Weighted;
import dev.insitu.elastic.plan.Privacy;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.elastic.plan.StartingPoint;
import dev.insitu.planner.Decision.Bound;
import dev.insitu.planner.Decision.Chosen;
import dev.insitu.planner.Decision.Conflict;
import dev.insitu.planner.Decision.Infeasible;
import dev.insitu.planner.Decision.Nearest;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Decisions against all points of the grid, each worked out for itself. */
class PlannerOracleTest {

  private static final int PACKAGES = 250;
  private static final int SITUATIONS = 4;
  private static final double SAME = 1e-9;

  private int chosen;
  private int infeasible;
  private int severalMoved;
  private int helped;
  private long points;

  @Test
  void decisionsAreThoseOfBruteForceOnAThousandInstances() {
    for (long seed = 1; seed <= PACKAGES; seed++) {
      Instance instance = new Instance(seed);
      for (int i = 0; i < SITUATIONS; i++) {
        check(instance, "seed " + seed + ", situation " + i);
      }
    }
    System.out.println(
        "planner against brute force: seeds 1 to "
            + PACKAGES
            + ", "
            + chosen
            + " plans ("
            + helped
            + " helped at first), "
            + infeasible
            + " without any ("
            + severalMoved
            + " beyond one limit), "
            + points
            + " points");
    assertEquals(PACKAGES * SITUATIONS, chosen + infeasible);
    assertTrue(chosen > 300 && infeasible > 200 && severalMoved > 10 && helped > 10);
  }

  private void check(Instance instance, String where) {
    StartingPoint start = instance.start();
    Situation open = instance.open();
    List<Oracle.Point> all =
        instance.oracle.points(open, start, instance.calibration, instance.server);
    Situation situation = instance.limited(open, all);
    points += all.size();
    Planner planner = new Planner(instance.grid, instance.calibration, instance.server);
    List<Oracle.Point> within =
        all.stream().filter(point -> keeps(point, situation, Set.of())).toList();
    List<PlannedModel> candidates = planner.within(situation, start).toList();
    assertEquals(within.size(), candidates.size(), where);
    candidates.forEach(plan -> find(plan, within, where));
    switch (planner.decide(situation, start)) {
      case Chosen some -> {
        chosen++;
        helped += some.plan().help().isPresent() ? 1 : 0;
        assertFalse(within.isEmpty(), where + ": a plan where none is");
        checkChosen(some, situation, all, within, where);
      }
      case Infeasible none -> {
        infeasible++;
        assertTrue(within.isEmpty(), () -> where + ": no plan, but " + within.getFirst());
        checkInfeasible(none, situation, all, where);
      }
    }
  }

  private static void checkChosen(
      Chosen decision,
      Situation situation,
      List<Oracle.Point> all,
      List<Oracle.Point> within,
      String where) {
    Oracle.Point plan = find(decision.plan(), within, where);
    checkBest(plan, situation, within, where);
    for (Bound bound : decision.reasons().limits()) {
      List<Oracle.Point> without =
          all.stream().filter(point -> keeps(point, situation, Set.of(bound.limit()))).toList();
      bound
          .without()
          .ifPresent(better ->
              checkBest(
                  find(better, without, where),
                  situation,
                  without,
                  where + " without " + bound.limit()));
      double gain = firstValue(situation, best(situation, without)) - firstValue(situation, plan);
      boolean tolerant =
          situation.wanted().objective() instanceof InOrder order && order.accuracyTolerance() > 0;
      boolean better =
          !tolerant && gain > 3 * SAME * Math.max(1, Math.abs(firstValue(situation, plan)));
      assertTrue(!better || bound.binds(), where + ": " + bound.limit() + " binds");
    }
    decision
        .reasons()
        .alternatives()
        .forEach(other -> {
          Oracle.Point point = find(other, within, where);
          boolean model =
              point.width() != plan.width()
                  || point.depth() != plan.depth()
                  || point.head() != plan.head()
                  || point.bits() > 0 != plan.bits() > 0;
          boolean size = Math.abs(point.down() - plan.down()) >= 0.2 * plan.down();
          assertTrue(model || size, where + ": an alternative that is the same");
        });
  }

  /** The oracle's point of a plan; all that the plan expects must be the same. */
  private static Oracle.Point find(PlannedModel plan, List<Oracle.Point> points, String where) {
    List<Oracle.Point> found = points.stream().filter(point -> isSame(plan, point)).toList();
    assertFalse(
        found.isEmpty(),
        () ->
            where
                + ": no such point as "
                + plan
                + " among "
                + points.stream().filter(point -> isAlike(plan, point)).toList());
    return found.getFirst();
  }

  private static boolean isAlike(PlannedModel plan, Oracle.Point point) {
    int bits = plan.division().map(PlannedModel.Division::bits).orElse(0);
    int helpedFrom = plan.help().map(PlannedModel.Division::before).orElse(-1);
    return plan.depth() == point.depth()
        && plan.exit().isPresent() == point.head()
        && bits == point.bits()
        && helpedFrom == point.helpedFrom()
        && plan.order() == point.order()
        && plan.fused() == point.fused();
  }

  private static boolean isSame(PlannedModel plan, Oracle.Point point) {
    PlannedModel.Expected expected = plan.expected();
    return isAlike(plan, point)
        && same(expected.accuracy().value(), point.accuracy())
        && same((double) expected.downBytes(), point.down())
        && same(expected.totalBytes(), point.bytes())
        && same(expected.firstAnswerSeconds(), point.firstAnswer())
        && same(expected.arrivalSeconds(), point.arrival())
        && same(expected.latencySeconds(), point.latency())
        && same(expected.timeSeconds(), point.time())
        && same(expected.joules(), point.energy())
        && same((double) expected.storageBytes(), point.storage())
        && same((double) expected.memoryBytes(), point.memory());
  }

  private static boolean same(double a, double b) {
    return Math.abs(a - b) <= SAME * Math.max(1e-6, Math.abs(b));
  }

  private static void checkBest(
      Oracle.Point plan, Situation situation, List<Oracle.Point> within, String where) {
    if (situation.wanted().objective() instanceof Weighted) {
      double most = firstValue(situation, best(situation, within));
      double score = firstValue(situation, plan);
      assertTrue(score >= most - SAME * Math.max(1, Math.abs(most)), where + ": a better score");
      return;
    }
    InOrder order = (InOrder) situation.wanted().objective();
    List<Oracle.Point> left = within;
    for (Goal goal : order.goals()) {
      ToDoubleFunction<Oracle.Point> cost = cost(goal);
      double least = left.stream().mapToDouble(cost).min().orElseThrow();
      double tolerance = goal == Goal.ACCURACY ? order.accuracyTolerance() : 0;
      double most = least + tolerance + SAME * Math.abs(least);
      assertTrue(
          cost.applyAsDouble(plan) <= most + SAME * Math.abs(least),
          () -> where + ": " + goal + " is " + cost.applyAsDouble(plan) + ", could be " + least);
      left = left.stream().filter(point -> cost.applyAsDouble(point) <= most).toList();
    }
  }

  private static Oracle.Point best(Situation situation, List<Oracle.Point> points) {
    return points.stream()
        .max((a, b) -> Double.compare(firstValue(situation, a), firstValue(situation, b)))
        .orElseThrow();
  }

  private static double firstValue(Situation situation, Oracle.Point point) {
    return switch (situation.wanted().objective()) {
      case Weighted w ->
          w.accuracy() * point.accuracy()
              - w.firstAnswerSecond() * point.firstAnswer()
              - w.second() * point.time()
              - w.kilobyte() * point.bytes() / 1000;
      case InOrder order -> -cost(order.goals().getFirst()).applyAsDouble(point);
    };
  }

  private static ToDoubleFunction<Oracle.Point> cost(Goal goal) {
    return switch (goal) {
      case ACCURACY -> point -> -point.accuracy();
      case FIRST_ANSWER -> Oracle.Point::firstAnswer;
      case TIME -> Oracle.Point::time;
      case BYTES -> Oracle.Point::bytes;
    };
  }

  private void checkInfeasible(
      Infeasible decision, Situation situation, List<Oracle.Point> all, String where) {
    List<Limit> single = new ArrayList<>();
    for (Limit limit : Limit.values()) {
      List<Oracle.Point> without =
          all.stream().filter(point -> keeps(point, situation, Set.of(limit))).toList();
      if (!without.isEmpty()) {
        single.add(limit);
        double needed =
            limit == Limit.ACCURACY
                ? without.stream().mapToDouble(Oracle.Point::accuracy).max().orElseThrow()
                : without.stream().mapToDouble(p -> taken(limit, p)).min().orElseThrow();
        Conflict conflict =
            decision.conflicts().stream()
                .filter(some -> some.limit() == limit)
                .findFirst()
                .orElseThrow(() -> new AssertionError(where + ": without " + limit));
        assertTrue(same(conflict.needed(), needed), where + ": " + conflict + ", not " + needed);
      }
    }
    assertFalse(decision.nearest().isEmpty(), where);
    for (Nearest nearest : decision.nearest()) {
      Set<Limit> moved = EnumSet.noneOf(Limit.class);
      nearest.moved().forEach(conflict -> moved.add(conflict.limit()));
      assertEquals(single.isEmpty(), moved.size() > 1, where);
      List<Oracle.Point> some =
          all.stream().filter(point -> keeps(point, situation, moved)).toList();
      find(nearest.plan(), some, where);
    }
    assertEquals(Math.max(1, single.size()), decision.nearest().size(), where);
    severalMoved += single.isEmpty() ? 1 : 0;
  }

  private static boolean keeps(Oracle.Point point, Situation situation, Set<Limit> without) {
    boolean keeps = true;
    for (Limit limit : Limit.values()) {
      keeps &=
          without.contains(limit)
              || (limit == Limit.ACCURACY
                  ? point.accuracy() >= situation.wanted().accuracyFloor().orElse(-1)
                  : taken(limit, point) <= allowed(limit, situation));
    }
    return keeps;
  }

  private static double taken(Limit limit, Oracle.Point point) {
    return switch (limit) {
      case STORAGE -> point.storage();
      case BYTES -> point.down();
      case ENERGY -> point.energy();
      case FIRST_ANSWER -> point.firstAnswer();
      case MEMORY -> point.memory();
      case LATENCY -> point.latency();
      case PRECISION -> 0;
      case PRIVACY -> point.leaving();
      case ACCURACY -> point.accuracy();
    };
  }

  private static double allowed(Limit limit, Situation situation) {
    double most = Double.MAX_VALUE;
    return switch (limit) {
      case STORAGE -> orMost(situation.device().storageBytes());
      case MEMORY -> orMost(situation.device().memoryBytes());
      case ENERGY -> situation.device().energy().joules().orElse(most);
      case BYTES -> orMost(situation.wanted().maxBytes());
      case FIRST_ANSWER -> situation.wanted().firstAnswerSeconds().orElse(most);
      case LATENCY -> situation.wanted().latencySeconds().orElse(most);
      case PRIVACY ->
          situation.wanted().privacy() == Privacy.NOTHING_LEAVES
              ? 0
              : situation.wanted().privacy() == Privacy.FEATURES_MAY_LEAVE ? 1 : 2;
      case PRECISION, ACCURACY -> most;
    };
  }

  private static double orMost(java.util.OptionalLong value) {
    return value.isPresent() ? (double) value.getAsLong() : Double.MAX_VALUE;
  }
}
