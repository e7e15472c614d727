package dev.insitu.benchmarks.scenarios;

import dev.insitu.benchmarks.planning.SegmentSeconds;
import dev.insitu.benchmarks.planning.SegmentSeconds.Cell;
import dev.insitu.benchmarks.planning.SplitTable;
import dev.insitu.benchmarks.planning.SplitTable.Who;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.plan.Channel;
import dev.insitu.elastic.plan.DeviceState;
import dev.insitu.elastic.plan.Goal;
import dev.insitu.elastic.plan.Objective.InOrder;
import dev.insitu.elastic.plan.Privacy;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.elastic.plan.StartingPoint;
import dev.insitu.elastic.plan.Wanted;
import dev.insitu.planner.Decision.Chosen;
import dev.insitu.planner.PlannedModel;
import dev.insitu.planner.Planner;
import dev.insitu.planner.ServerSide;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * Who should compute, the device, the server, or first the one and then the other: a table over
 * rate, speed and number of inferences, from the measured time of every segment, and whether the
 * planner, which knows one speed for all segments, takes the best.
 */
final class PlanSplits {

  private static final double[] MEGABITS = {0.1, 0.3, 1, 3, 10, 100, 1000};
  private static final double[] SLOWER = {1, 3, 10, 30, 100, 300, 1000};
  private static final int[] INFERENCES = {1, 10, 100, 1000, 10_000};
  private static final double ROUND_TRIP = 0.02;
  private static final double LEAST_ACCURACY = 0.9;
  static final double MOST_REGRET = 0.05;
  static final double LEAST_SHARE = 0.95;

  private final PlanTrials trials;
  private final SegmentSeconds seconds;
  private final double overhead;

  PlanSplits(Workbench bench, Depot depot, PlanTrials trials) throws IOException {
    this.trials = trials;
    try (PackageFile opened = bench.open(trials.pack().file())) {
      this.seconds =
          SegmentTimes.of(bench, opened, trials.pulls().question(), trials.self().calibration());
    }
    this.overhead =
        new RemotePart(depot.port(), trials.pack().subject().name(), trials.pack().digest())
            .overheadSeconds(trials.pulls().question(), seconds.tails()[0]);
  }

  /** The measured time of every segment. */
  SegmentSeconds seconds() {
    return seconds;
  }

  /** A planner that knows this machine, and the server on it. */
  Planner planner() {
    double speed = trials.self().macsPerSecond();
    return new Planner(
        trials.pack().grid(), trials.self().calibration(), new ServerSide(speed, overhead));
  }

  /** A cell of the table. */
  Cell cell(double megabits, double slower, int inferences) {
    return new Cell(1e6 * megabits, ROUND_TRIP, slower, overhead, inferences);
  }

  /** Once for devices whose inputs may leave them, once for those that may send features only. */
  void run() {
    run("inputs", Privacy.INPUTS_MAY_LEAVE);
    run("features", Privacy.FEATURES_MAY_LEAVE);
  }

  private void run(String leaving, Privacy privacy) {
    SplitTable table = new SplitTable();
    for (int inferences : INFERENCES) {
      for (double slower : SLOWER) {
        for (double megabits : MEGABITS) {
          table.add(entry(cell(megabits, slower, inferences), privacy));
        }
      }
    }
    trials
        .request()
        .notes()
        .accept("D device, S server, / device then server; " + leaving + " may leave");
    table.lines(MOST_REGRET).forEach(trials.request().notes());
    double within = table.within(MOST_REGRET);
    String name = "plan/split/" + trials.pack().subject().name() + "/" + leaving;
    Figure.of(name, "of cells", within)
        .bound(1.0)
        .with("leastShare", LEAST_SHARE)
        .with("mostRegret", MOST_REGRET)
        .with("cells", table.entries().size())
        .with("deviceWins", table.count(Who.DEVICE))
        .with("serverWins", table.count(Who.SERVER))
        .with("splitWins", table.count(Who.SPLIT))
        .with("largestRegret", largest(table))
        .with("serverOverheadSeconds", overhead)
        .with("table", table.lines(MOST_REGRET))
        .with("cellsAbove", above(table))
        .accept(trials.request(), within >= LEAST_SHARE);
  }

  private static double largest(SplitTable table) {
    return table.entries().stream().mapToDouble(SplitTable.Entry::regret).max().orElse(0);
  }

  private static List<String> above(SplitTable table) {
    return table.entries().stream()
        .filter(entry -> entry.regret() > MOST_REGRET)
        .map(PlanSplits::text)
        .toList();
  }

  private static String text(SplitTable.Entry entry) {
    return String.format(
        Locale.ROOT,
        "%.4g Mbit/s, 1/%.4g, %d: %s %s %.3f",
        entry.cell().bitsPerSecond() / 1e6,
        entry.cell().slower(),
        entry.cell().inferences(),
        entry.best(),
        entry.chosen(),
        entry.regret());
  }

  private SplitTable.Entry entry(Cell cell, Privacy privacy) {
    StartingPoint start = trials.pack().nothing();
    Planner planner = planner();
    Situation situation = situation(cell, privacy);
    PlannedModel chosen = ((Chosen) planner.decide(situation, start)).plan();
    PlannedModel best =
        planner
            .within(situation, start)
            .min(Comparator.comparingDouble(plan -> seconds.all(plan, cell)))
            .orElseThrow();
    double regret = seconds.all(chosen, cell) / seconds.all(best, cell) - 1;
    return new SplitTable.Entry(cell, who(best), who(chosen), regret);
  }

  static Who who(PlannedModel plan) {
    return Who.of(plan.depth(), plan.division().isPresent());
  }

  /** Of a device in a cell, which has run the model before and tells how long that took. */
  Situation situation(Cell cell, Privacy privacy) {
    double macs = trials.pack().grid().manifest().macs();
    double speed = macs / (cell.slower() * seconds.tails()[0]);
    Wanted wanted =
        Wanted.BEST
            .withAccuracyFloor(OptionalDouble.of(LEAST_ACCURACY))
            .withInferences(cell.inferences())
            .withPrivacy(privacy)
            .withObjective(new InOrder(List.of(Goal.TIME, Goal.ACCURACY), 0));
    return Situation.UNKNOWN
        .withDevice(DeviceState.UNKNOWN.withModelMacsPerSecond(speed))
        .withChannel(
            Channel.of(cell.bitsPerSecond(), cell.bitsPerSecond(), cell.roundTripSeconds()))
        .withWanted(wanted);
  }
}
