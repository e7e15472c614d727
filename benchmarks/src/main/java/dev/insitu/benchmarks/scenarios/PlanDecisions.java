package dev.insitu.benchmarks.scenarios;

import dev.insitu.benchmarks.planning.DrawnSituations;
import dev.insitu.benchmarks.planning.MadePackage;
import dev.insitu.cli.Scenario.Request;
import dev.insitu.elastic.plan.PlanMaker;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.elastic.plan.StartingPoint;
import dev.insitu.planner.Calibration;
import dev.insitu.planner.CandidateGrid;
import dev.insitu.planner.Decision;
import dev.insitu.planner.Planner;
import dev.insitu.planner.ServerSide;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How long decisions take on one thread that holds many packages: every one for another package and
 * another drawn situation, from what the device holds to the explained plan.
 */
final class PlanDecisions {

  private static final int PACKAGES = 1_000;
  private static final int LEAST_POINTS = 10_000;
  private static final int DECISIONS = 20_000;
  private static final int ROUNDS = 3;
  private static final int MANIFEST_BYTES = 20_000;
  private static final double MOST_P99_MILLIS = 2;
  private static final double LEAST_PER_SECOND = 5_000;

  private static final ServerSide SERVER = new ServerSide(1e11, 0.001);
  private static final ThreadMXBean THREAD = ManagementFactory.getThreadMXBean();

  private final Request request;
  private final List<MadePackage> packages = new ArrayList<>();
  private final List<Planner> planners = new ArrayList<>();
  private final DrawnSituations drawn;
  private long points = Long.MAX_VALUE;

  PlanDecisions(Request request) {
    this.request = request;
    this.drawn = new DrawnSituations(request.seed());
    for (int i = 0; i < PACKAGES; i++) {
      packages.add(MadePackage.of(PACKAGES * request.seed() + i));
    }
  }

  /**
   * What some decisions took.
   *
   * @param millis of each
   * @param cpuMillis of the thread's processor time
   * @param seconds of all
   * @param plans that there were; the others were refused with the limits that conflict
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Taken(double[] millis, double[] cpuMillis, double seconds, int plans) {

    double perSecond() {
      return millis.length / seconds;
    }
  }

  /** Cold decisions must be the first of the process. */
  void run() {
    row("cold", cold());
    request
        .notes()
        .accept(
            String.format(Locale.ROOT, "%d packages of %d points or more each", PACKAGES, points));
    List<Taken> warm = rounds(false);
    row("warm", warm.getLast());
    rate("warm", warm);
    List<Taken> held = rounds(true);
    row("held", held.getLast());
    rate("held", held);
  }

  private List<Taken> rounds(boolean held) {
    decide(drawn(DECISIONS, held)); // warms up
    List<Taken> rounds = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      rounds.add(decide(drawn(DECISIONS, held)));
    }
    return rounds;
  }

  /** The first for each package, with its grid still to be made, by code not yet compiled. */
  private Taken cold() {
    List<Situation> situations = drawn(PACKAGES, false);
    double[] millis = new double[PACKAGES];
    double[] cpu = new double[PACKAGES];
    int plans = 0;
    long began = System.nanoTime();
    for (int i = 0; i < PACKAGES; i++) {
      long start = System.nanoTime();
      long busy = THREAD.getCurrentThreadCpuTime();
      MadePackage some = packages.get(i);
      CandidateGrid grid = CandidateGrid.of(some.manifest(), some.profile());
      planners.add(new Planner(grid, Calibration.DEFAULT, SERVER));
      plans += decide(i, situations.get(i)) ? 1 : 0;
      cpu[i] = 1e-6 * (THREAD.getCurrentThreadCpuTime() - busy);
      millis[i] = 1e3 * Stats.secondsSince(start);
      points = Math.min(points, grid.points());
    }
    return new Taken(millis, cpu, Stats.secondsSince(began), plans);
  }

  private List<Situation> drawn(int count, boolean held) {
    List<Situation> situations = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      MadePackage some = packages.get(i % PACKAGES);
      Situation one = drawn.next();
      situations.add(held ? one.withHeld(drawn.held(some.manifest(), some.digest())) : one);
    }
    return situations;
  }

  private Taken decide(List<Situation> situations) {
    double[] millis = new double[situations.size()];
    double[] cpu = new double[situations.size()];
    int plans = 0;
    long began = System.nanoTime();
    for (int i = 0; i < millis.length; i++) {
      long start = System.nanoTime();
      long busy = THREAD.getCurrentThreadCpuTime();
      plans += decide(i % PACKAGES, situations.get(i)) ? 1 : 0;
      cpu[i] = 1e-6 * (THREAD.getCurrentThreadCpuTime() - busy);
      millis[i] = 1e3 * Stats.secondsSince(start);
    }
    return new Taken(millis, cpu, Stats.secondsSince(began), plans);
  }

  private boolean decide(int number, Situation situation) {
    MadePackage some = packages.get(number);
    StartingPoint start =
        StartingPoint.of(
            some.manifest(),
            some.digest(),
            new PlanMaker.NoOtherVersions(MANIFEST_BYTES),
            situation.held());
    return planners.get(number).decide(situation, start) instanceof Decision.Chosen;
  }

  private void row(String how, Taken taken) {
    double p99 = Stats.share(0.99, taken.millis());
    boolean cold = how.equals("cold");
    Figure.of("plan/decision/" + how + "/p50", "ms", taken.millis())
        .with("decisions", taken.millis().length)
        .with("plans", taken.plans())
        .accept(request, true);
    Figure figure =
        Figure.of("plan/decision/" + how + "/p99", "ms", p99)
            .with("packages", PACKAGES)
            .with("leastPoints", points)
            .with("largest", Stats.share(1, taken.millis()))
            .with("processorP99", Stats.share(0.99, taken.cpuMillis()));
    boolean enough = points >= LEAST_POINTS;
    if (cold) {
      figure.accept(request, enough);
    } else {
      figure.bound(MOST_P99_MILLIS).accept(request, enough && p99 < MOST_P99_MILLIS);
    }
  }

  private void rate(String how, List<Taken> rounds) {
    Figure figure =
        Figure.of(
            "plan/decision/" + how + "/rate",
            "1/s",
            rounds.stream().mapToDouble(Taken::perSecond).toArray());
    figure.bound(LEAST_PER_SECOND).accept(request, figure.ours() >= LEAST_PER_SECOND);
  }
}
