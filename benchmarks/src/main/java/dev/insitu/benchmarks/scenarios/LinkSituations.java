package dev.insitu.benchmarks.scenarios;

import dev.insitu.elastic.plan.Channel;
import dev.insitu.elastic.plan.DeviceState;
import dev.insitu.elastic.plan.Goal;
import dev.insitu.elastic.plan.Objective.InOrder;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.elastic.plan.StartingPoint;
import dev.insitu.elastic.plan.Wanted;
import dev.insitu.planner.Decision.Chosen;
import dev.insitu.planner.PlannedModel;
import dev.insitu.planner.Planner;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;

/**
 * Draws situations of this machine behind a shaped link, in which transfers take some tenths of a
 * second to some seconds. Not thread-safe.
 */
final class LinkSituations {

  private static final double LEAST_MEGABITS = 0.8;
  private static final double MOST_MEGABITS = 8;
  private static final double LEAST_SECONDS = 0.2;
  private static final double LEAST_TRIP = 0.005;
  private static final double MOST_TRIP = 0.1;
  private static final double MOST_INFERENCES = 300;
  private static final double MOST_FLOOR = 0.95;

  private final Random random;
  private final double macsPerSecond;
  private final List<List<Goal>> goals;
  private final double mostSeconds;

  /**
   * @param macsPerSecond of this machine
   * @param goals one of which each situation has
   * @param mostSeconds that a transfer takes
   */
  LinkSituations(long seed, double macsPerSecond, List<List<Goal>> goals, double mostSeconds) {
    this.random = new Random(seed);
    this.macsPerSecond = macsPerSecond;
    this.goals = goals;
    this.mostSeconds = mostSeconds;
  }

  /**
   * A situation.
   *
   * @param line that it is behind
   * @param goals that it has
   * @param plan that was chosen for it
   */
  record Drawn(Situation situation, Line line, List<Goal> goals, PlannedModel plan) {}

  /** The next one for which there is a plan. */
  Drawn feasible(Planner planner, StartingPoint start) {
    Optional<Drawn> drawn = next(planner, start);
    while (drawn.isEmpty()) {
      drawn = next(planner, start);
    }
    return drawn.get();
  }

  private Optional<Drawn> next(Planner planner, StartingPoint start) {
    double megabits = log(LEAST_MEGABITS, MOST_MEGABITS);
    double trip = log(LEAST_TRIP, MOST_TRIP);
    double seconds = log(LEAST_SECONDS, mostSeconds);
    long bytes = (long) (seconds * megabits * 1e6 / 8);
    List<Goal> some = goals.get(random.nextInt(goals.size()));
    Wanted wanted =
        Wanted.BEST
            .withMaxBytes(OptionalLong.of(bytes))
            .withAccuracyFloor(OptionalDouble.of(MOST_FLOOR * random.nextDouble()))
            .withInferences((long) log(1, MOST_INFERENCES))
            .withCare(Wanted.MEAN, 0.5 + random.nextDouble() / 2)
            .withObjective(new InOrder(some, 0));
    Situation situation =
        Situation.UNKNOWN
            .withDevice(DeviceState.UNKNOWN.withMacsPerSecond(macsPerSecond))
            .withChannel(Channel.of(1e6 * megabits, 1e6 * megabits, trip))
            .withWanted(wanted);
    return planner.decide(situation, start) instanceof Chosen chosen
        ? Optional.of(new Drawn(situation, Line.of(megabits, trip), some, chosen.plan()))
        : Optional.empty();
  }

  private double log(double least, double most) {
    return least * Math.pow(most / least, random.nextDouble());
  }
}
