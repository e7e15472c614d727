package dev.insitu.benchmarks.scenarios;

import dev.insitu.benchmarks.scenarios.PlannedPull.Seen;
import dev.insitu.elastic.plan.Goal;
import dev.insitu.planner.PlannedModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What a better choice would have gained: the chosen plan and the next-best ones are all carried
 * out, and the time that was to be least is measured.
 */
final class PlanRegret {

  private static final int SITUATIONS = 50;
  private static final int WARM_UPS = 3;
  private static final int OTHERS = 5;
  private static final double MOST_SECONDS = 1;
  private static final double ALIKE = 0.02;
  private static final double MOST_REGRET = 0.05;
  private static final double LEAST_SHARE = 0.9;

  private static final List<List<Goal>> GOALS =
      List.of(List.of(Goal.FIRST_ANSWER, Goal.ACCURACY), List.of(Goal.TIME, Goal.ACCURACY));

  private final PlanTrials trials;

  PlanRegret(PlanTrials trials) {
    this.trials = trials;
  }

  void run() throws IOException {
    LinkSituations drawn =
        new LinkSituations(
            trials.request().seed(), trials.self().macsPerSecond(), GOALS, MOST_SECONDS);
    int count = trials.count(SITUATIONS);
    List<Double> regrets = new ArrayList<>();
    for (int i = -WARM_UPS; i < count; i++) {
      double regret = regret(drawn.feasible(trials.planner(), trials.pack().nothing()));
      if (i >= 0) {
        regrets.add(regret);
      }
    }
    double[] all = regrets.stream().mapToDouble(Double::doubleValue).toArray();
    double within = (double) regrets.stream().filter(one -> one <= MOST_REGRET).count() / count;
    Figure.of("plan/regret/" + trials.pack().subject().name() + "/within", "of situations", within)
        .bound(1.0)
        .with("leastShare", LEAST_SHARE)
        .with("mostRegret", MOST_REGRET)
        .with("situations", count)
        .with("median", Stats.median(all))
        .with("p90", Stats.share(0.9, all))
        .with("largest", Stats.share(1, all))
        .accept(trials.request(), within >= LEAST_SHARE);
  }

  /** How much longer the chosen plan took than the best of all that were run, as a share. */
  private double regret(LinkSituations.Drawn drawn) throws IOException {
    List<PlannedModel> plans = plans(drawn);
    List<Double> seconds = new ArrayList<>();
    for (PlannedModel plan : plans) {
      seconds.add(seconds(drawn, plan));
    }
    int best = seconds.indexOf(seconds.stream().min(Comparator.naturalOrder()).orElseThrow());
    double regret = seconds.getFirst() / seconds.get(best) - 1;
    if (best == 0 || regret <= MOST_REGRET) {
      return regret;
    }
    return PlanTrials.regretAgain(
        () -> seconds(drawn, plans.getFirst()), () -> seconds(drawn, plans.get(best)));
  }

  private double seconds(LinkSituations.Drawn drawn, PlannedModel plan) throws IOException {
    long inferences = drawn.situation().wanted().inferences();
    boolean first = drawn.goals().getFirst() == Goal.FIRST_ANSWER;
    Seen seen = trials.pulls().run(plan, drawn.line(), first ? 1 : inferences, List.of());
    return first ? seen.firstAnswerSeconds() : seen.timeSeconds();
  }

  /** The chosen one, then those that are predicted to be the best of what differs from it. */
  private List<PlannedModel> plans(LinkSituations.Drawn drawn) {
    ToDoubleFunction<PlannedModel> cost =
        drawn.goals().getFirst() == Goal.FIRST_ANSWER
            ? plan -> plan.expected().firstAnswerSeconds()
            : plan -> plan.expected().timeSeconds();
    List<PlannedModel> taken = new ArrayList<>(List.of(drawn.plan()));
    List<PlannedModel> all =
        trials
            .planner()
            .within(drawn.situation(), trials.pack().nothing())
            .sorted(Comparator.comparingDouble(cost))
            .toList();
    for (PlannedModel plan : all) {
      if (taken.size() <= OTHERS && taken.stream().noneMatch(other -> alike(plan, other))) {
        taken.add(plan);
      }
    }
    return taken;
  }

  private static boolean alike(PlannedModel one, PlannedModel other) {
    double bytes = one.expected().downBytes();
    return one.depth() == other.depth()
        && one.width() == other.width()
        && one.exit().equals(other.exit())
        && one.order() == other.order()
        && one.fused() == other.fused()
        && one.starterPrefix() == other.starterPrefix()
        && Math.abs(bytes - other.expected().downBytes()) <= ALIKE * bytes;
  }
}
