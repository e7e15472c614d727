package dev.insitu.benchmarks.scenarios;

import dev.insitu.benchmarks.planning.SegmentSeconds;
import dev.insitu.benchmarks.planning.SegmentSeconds.Cell;
import dev.insitu.benchmarks.planning.SplitTable.Who;
import dev.insitu.elastic.plan.Privacy;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.planner.Decision.Chosen;
import dev.insitu.planner.PlannedModel;
import dev.insitu.planner.Planner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * Some cells of the table really run: the best plan of the device alone, of the server alone and of
 * both, over the shaped link and with the server's own inference.
 */
final class PlanDivisions {

  private static final int CELLS = 24;
  private static final double[] MEGABITS = {0.3, 1, 3, 10, 30};
  private static final double[] SLOWER = {1, 10, 30, 100};
  private static final int[] INFERENCES = {1, 3, 10, 30};
  private static final int WARM_UPS = 3;

  /** What is expected to take so many times as long as the chosen plan is not run. */
  private static final double HOPELESS = 3;

  private final PlanTrials trials;
  private final PlanSplits splits;
  private final LinkedRun runs;
  private final SegmentSeconds seconds;
  private final Random random;

  PlanDivisions(
      Workbench bench, Depot depot, PlanTrials trials, PlanSplits splits, SegmentSeconds seconds) {
    this.trials = trials;
    this.splits = splits;
    this.seconds = seconds;
    this.runs = new LinkedRun(bench, depot, trials.pack(), trials.pulls().question());
    this.random = new Random(trials.request().seed());
  }

  /** A plan that was run. */
  private record Run(Who who, PlannedModel plan, double seconds) {

    String text() {
      return String.format(
          Locale.ROOT, "%s %.4g s (%.4g s predicted)", who, seconds, plan.expected().timeSeconds());
    }
  }

  /**
   * A cell that was run.
   *
   * @param runs the chosen plan first
   * @param regret of the chosen plan, as a share of the fastest
   */
  private record Ran(Cell cell, List<Run> runs, double regret) {

    String text() {
      return String.format(
          Locale.ROOT,
          "%.4g Mbit/s, 1/%.4g, %d: %s",
          cell.bitsPerSecond() / 1e6,
          cell.slower(),
          cell.inferences(),
          runs.stream().map(Run::text).collect(Collectors.joining(", ")));
    }
  }

  void run() throws IOException {
    List<Ran> ran = new ArrayList<>();
    int count = trials.count(CELLS);
    for (int i = -WARM_UPS; i < count; i++) {
      Ran one = ran(drawn());
      if (i >= 0) {
        ran.add(one);
      }
    }
    double[] regrets = ran.stream().mapToDouble(Ran::regret).toArray();
    double within =
        (double) ran.stream().filter(one -> one.regret() <= PlanSplits.MOST_REGRET).count() / count;
    Figure.of("plan/split/" + trials.pack().subject().name() + "/measured", "of cells", within)
        .bound(1.0)
        .with("leastShare", PlanSplits.LEAST_SHARE)
        .with("mostRegret", PlanSplits.MOST_REGRET)
        .with("cells", count)
        .with("largestRegret", Stats.share(1, regrets))
        .with("ran", ran.stream().map(Ran::text).toList())
        .accept(trials.request(), within >= PlanSplits.LEAST_SHARE);
  }

  private Cell drawn() {
    return splits.cell(
        MEGABITS[random.nextInt(MEGABITS.length)],
        SLOWER[random.nextInt(SLOWER.length)],
        INFERENCES[random.nextInt(INFERENCES.length)]);
  }

  private Ran ran(Cell cell) throws IOException {
    Privacy privacy = random.nextBoolean() ? Privacy.INPUTS_MAY_LEAVE : Privacy.FEATURES_MAY_LEAVE;
    Planner planner = splits.planner();
    Situation situation = splits.situation(cell, privacy);
    PlannedModel chosen = ((Chosen) planner.decide(situation, trials.pack().nothing())).plan();
    Map<Who, PlannedModel> plans = new EnumMap<>(Who.class);
    planner
        .within(situation, trials.pack().nothing())
        .forEach(plan -> plans.merge(PlanSplits.who(plan), plan, PlanDivisions::sooner));
    Who who = PlanSplits.who(chosen);
    Run ours = new Run(who, chosen, seconds(chosen, cell));
    List<Run> all = new ArrayList<>(List.of(ours));
    for (Map.Entry<Who, PlannedModel> entry : plans.entrySet()) {
      double most = HOPELESS * chosen.expected().timeSeconds();
      PlannedModel plan = entry.getValue();
      if (entry.getKey() != who && plan.expected().timeSeconds() <= most) {
        all.add(new Run(entry.getKey(), plan, seconds(plan, cell)));
      }
    }
    Run best = Collections.min(all, Comparator.comparingDouble(Run::seconds));
    double regret = ours.seconds() / best.seconds() - 1;
    if (regret > PlanSplits.MOST_REGRET) {
      regret =
          PlanTrials.regretAgain(() -> seconds(chosen, cell), () -> seconds(best.plan(), cell));
    }
    return new Ran(cell, all, regret);
  }

  private static PlannedModel sooner(PlannedModel one, PlannedModel other) {
    return one.expected().timeSeconds() <= other.expected().timeSeconds() ? one : other;
  }

  private double seconds(PlannedModel plan, Cell cell) throws IOException {
    double[] waits =
        Arrays.stream(seconds.segments()).map(one -> (cell.slower() - 1) * one).toArray();
    Line line = Line.of(cell.bitsPerSecond() / 1e6, cell.roundTripSeconds());
    return runs.seconds(plan, line, waits, cell.inferences());
  }
}
