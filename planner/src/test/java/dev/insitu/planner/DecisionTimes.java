package dev.insitu.planner;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.plan.Channel;
import dev.insitu.elastic.plan.DeviceState;
import dev.insitu.elastic.plan.Goal;
import dev.insitu.elastic.plan.Objective;
import dev.insitu.elastic.plan.Objective.InOrder;
import dev.insitu.elastic.plan.Privacy;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.elastic.plan.StartingPoint;
import dev.insitu.elastic.plan.Wanted;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;

/**
 * How much processor time decisions take on this machine, roughly: {@code main} with the number of
 * packages.
 */
final class DecisionTimes {

  private static final int DECISIONS = 20_000;
  private static final ThreadMXBean THREAD = ManagementFactory.getThreadMXBean();

  private static final List<Goal> GOALS = List.of(Goal.ACCURACY, Goal.FIRST_ANSWER, Goal.TIME);
  private static final List<Privacy> PRIVACIES = List.of(Privacy.values());

  private DecisionTimes() {}

  /** Prints percentiles over drawn situations, for packages of more than 10,000 points each. */
  public static void main(String... words) {
    int packages = words.length > 0 ? Integer.parseInt(words[0]) : 1;
    Manifest manifest = LayeredPackage.planes(10, 4, 4, List.of(3, 6));
    StartingPoint start = StartingPoint.nothing(manifest, 20_000);
    List<Planner> planners = new ArrayList<>();
    long points = 0;
    long memory = used();
    for (int i = 0; i < packages; i++) {
      CandidateGrid grid = CandidateGrid.of(manifest, LayeredPackage.profile(manifest, true));
      points += grid.points();
      planners.add(new Planner(grid, Calibration.DEFAULT, new ServerSide(1e11, 0.001)));
    }
    memory = used() - memory;
    Random random = new Random(1);
    Situation[] situations = new Situation[DECISIONS];
    Arrays.setAll(situations, i -> situation(random));
    for (int round = 0; round < 3; round++) {
      long[] nanos = new long[DECISIONS];
      int none = 0;
      long began = THREAD.getCurrentThreadCpuTime();
      for (int i = 0; i < DECISIONS; i++) {
        long before = THREAD.getCurrentThreadCpuTime();
        Decision decision = planners.get(i % packages).decide(situations[i], start);
        nanos[i] = THREAD.getCurrentThreadCpuTime() - before;
        none += decision instanceof Decision.Infeasible ? 1 : 0;
      }
      double seconds = (THREAD.getCurrentThreadCpuTime() - began) * 1e-9;
      Arrays.sort(nanos);
      System.out.printf(
          Locale.ROOT,
          "%d packages, %d points, %.0f kB each: %.0f decisions/s, median %.3f ms, 99 %% %.3f ms, most %.3f ms, %d without a plan%n",
          packages,
          points,
          memory / 1e3 / packages,
          DECISIONS / seconds,
          nanos[DECISIONS / 2] * 1e-6,
          nanos[DECISIONS * 99 / 100] * 1e-6,
          nanos[DECISIONS - 1] * 1e-6,
          none);
    }
  }

  private static long used() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static double log(Random random, double least, double most) {
    return least * Math.pow(most / least, random.nextDouble());
  }

  private static Situation situation(Random random) {
    DeviceState device =
        DeviceState.UNKNOWN
            .withMacsPerSecond(log(random, 1e6, 1e12))
            .withSpace(
                OptionalLong.of((long) log(random, 1e6, 1e10)),
                OptionalLong.of((long) log(random, 1 << 18, 8e9)));
    Objective objective =
        random.nextBoolean()
            ? new InOrder(List.of(GOALS.get(random.nextInt(3)), Goal.BYTES), 0.005)
            : new Objective.Weighted(1, 0.01, 1e-5, 1e-5);
    Wanted wanted =
        Wanted.BEST
            .withAccuracyFloor(OptionalDouble.of(random.nextDouble() * 0.9))
            .withTimes(OptionalDouble.empty(), OptionalDouble.of(log(random, 0.1, 30)))
            .withInferences((long) log(random, 1, 1e5))
            .withPrivacy(PRIVACIES.get(random.nextInt(3)))
            .withObjective(objective);
    return Situation.UNKNOWN
        .withDevice(device)
        .withChannel(Channel.of(log(random, 1e4, 1e9), log(random, 1e4, 1e8), 0.03))
        .withWanted(wanted);
  }
}
