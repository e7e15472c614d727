package dev.insitu.benchmarks.planning;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.Channel;
import dev.insitu.elastic.plan.Estimate;
import dev.insitu.elastic.plan.Plan.ManifestForm;
import dev.insitu.elastic.plan.Range;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.elastic.plan.StartingPoint;
import dev.insitu.elastic.plan.Wanted;
import dev.insitu.planner.CandidateGrid;
import dev.insitu.planner.Decision;
import dev.insitu.planner.Decision.Chosen;
import dev.insitu.planner.Decision.Conflict;
import dev.insitu.planner.Decision.Infeasible;
import dev.insitu.planner.Limit;
import dev.insitu.planner.PlannedModel;
import dev.insitu.planner.Planner;
import java.util.BitSet;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What becomes of one device: it asks with the rate that it has measured, watches what comes, asks
 * again with what it has when the plan is not expected to keep its deadline any more, and in the
 * end gets its first answer or does not. Of the channel's future it knows nothing.
 */
public final class DeviceCourse {

  private static final double HISTORY_SECONDS = 10;
  private static final double RECENT_SECONDS = 3;
  private static final double LOOK_SECONDS = 0.5;
  private static final int MOST_DECISIONS = 20;

  private final Manifest manifest;
  private final CandidateGrid grid;
  private final Planner planner;
  private final StartingPoint nothing;
  private final DrawnDevice device;
  private final FluidChannel channel;
  private final Playback playback;
  private final Policy policy;
  private final double moment;

  /**
   * How a device asks.
   *
   * @param certainty with which its limits of time are to hold
   * @param adapts whether it asks again
   */
  public record Policy(double certainty, boolean adapts) {}

  /**
   * What became of it.
   *
   * @param seconds from the asking to the first answer; infinite if there was no plan
   * @param decisions that were made
   * @param accuracy of the plan in the end
   */
  public record Outcome(double seconds, int decisions, double accuracy) {

    static final Outcome NONE = new Outcome(Double.POSITIVE_INFINITY, 1, 0);
  }

  /**
   * @param setUpRoundTrips from the asking until the first byte is sent off
   * @param nothing what a device has at first
   */
  public DeviceCourse(
      CandidateGrid grid,
      Planner planner,
      double setUpRoundTrips,
      StartingPoint nothing,
      DrawnDevice device,
      FluidChannel channel,
      Policy policy) {
    this.manifest = grid.manifest();
    this.grid = grid;
    this.planner = planner;
    this.nothing = nothing;
    this.device = device;
    this.channel = channel;
    this.playback = new Playback(channel, setUpRoundTrips * device.roundTripSeconds());
    this.policy = policy;
    this.moment = channel.period() + device.moment() * channel.period(); // with a period before it
  }

  /**
   * The most accurate of all candidates that keep all limits over the channel as it will be: brute
   * force over the grid.
   *
   * @return its accuracy; empty if none keeps them
   */
  public OptionalDouble best() {
    Situation open = DrawnSituations.of(device).withWanted(wanted(OptionalDouble.empty()));
    return planner
        .within(open, nothing)
        .filter(plan -> playback.firstAnswer(moment, plan) <= deadline())
        .mapToDouble(plan -> plan.expected().accuracy().value())
        .max();
  }

  /** Whether a fixed plan keeps all limits. */
  public boolean served(FixedModel fixed) {
    boolean fits =
        fixed.memoryBytes() <= device.memoryBytes()
            && fixed.storageBytes() <= device.storageBytes()
            && fixed.accuracy() >= device.accuracyFloor().orElse(0);
    return fits && fixed.firstAnswer(playback, moment, device.macsPerSecond()) <= deadline();
  }

  private double deadline() {
    return moment + device.deadlineSeconds();
  }

  /** Whether an outcome keeps all limits. */
  public boolean served(Outcome outcome) {
    return outcome.seconds() <= device.deadlineSeconds()
        && outcome.accuracy() >= device.accuracyFloor().orElse(0);
  }

  /** What becomes of it. */
  public Outcome play() {
    StartingPoint start = nothing;
    double asked = moment;
    Optional<PlannedModel> first = decide(moment, start);
    if (first.isEmpty()) {
      return Outcome.NONE;
    }
    PlannedModel plan = first.get();
    int decisions = 1;
    double now = moment;
    while (policy.adapts() && decisions < MOST_DECISIONS) {
      now += LOOK_SECONDS;
      if (now >= deadline() || now >= playback.firstAnswer(asked, plan)) {
        break;
      }
      if (!keepsDeadline(plan, asked, now)) {
        StartingPoint held = held(start, plan, asked, now);
        Optional<PlannedModel> next = decide(now, held);
        decisions++;
        if (next.isPresent() && sooner(next.get(), plan, asked, now)) {
          start = held;
          plan = next.get();
          asked = now;
        }
      }
    }
    double seconds = playback.firstAnswer(asked, plan) - moment;
    return new Outcome(seconds, decisions, plan.expected().accuracy().value());
  }

  /** The rate that was measured last: once something comes, that says more than what was before. */
  private Estimate measured(double now) {
    double seconds = now > moment ? RECENT_SECONDS : HISTORY_SECONDS;
    double mean = channel.meanBetween(now - seconds, now);
    double squares = 0;
    for (double from = now - seconds; from < now - 0.5; from++) {
      double rate = channel.meanBetween(from, from + 1);
      squares += (rate - mean) * (rate - mean);
    }
    return new Estimate(mean, Math.sqrt(squares / seconds));
  }

  private Wanted wanted(OptionalDouble seconds) {
    return Wanted.BEST
        .withAccuracyFloor(device.accuracyFloor())
        .withTimes(OptionalDouble.empty(), seconds)
        .withInferences(device.inferences())
        .withCare(policy.certainty(), Wanted.BEST.startShare());
  }

  /** The plan, or the one that takes least time if none is expected to keep the deadline. */
  private Optional<PlannedModel> decide(double now, StartingPoint start) {
    Channel link =
        new Channel(
            Optional.of(measured(now)),
            Optional.empty(),
            Optional.of(Estimate.of(device.roundTripSeconds())),
            Optional.empty(),
            Optional.empty());
    Situation situation =
        DrawnSituations.of(device)
            .withChannel(link)
            .withWanted(wanted(OptionalDouble.of(deadline() - now)));
    Decision decision = planner.decide(situation, start);
    return switch (decision) {
      case Chosen chosen -> Optional.of(chosen.plan());
      case Infeasible none ->
          none.nearest().stream()
              .filter(near -> near.moved().stream().allMatch(DeviceCourse::isTime))
              .map(Decision.Nearest::plan)
              .findFirst();
    };
  }

  private static boolean isTime(Conflict conflict) {
    return conflict.limit() == Limit.FIRST_ANSWER;
  }

  private boolean keepsDeadline(PlannedModel plan, double asked, double now) {
    return expected(plan, asked, now) <= deadline();
  }

  private boolean sooner(PlannedModel next, PlannedModel plan, double asked, double now) {
    return now + next.expected().firstAnswerSeconds() < expected(plan, asked, now);
  }

  /** When a running plan would answer if the rate stayed as it was measured last. */
  private double expected(PlannedModel plan, double asked, double now) {
    double rate = measured(now).mean();
    double bytes = plan.expected().manifestBytes();
    double done = expectedArrival(bytes, asked, now, rate);
    for (PlannedModel.Step step : plan.steps()) {
      bytes += step.bytes();
      double arrival = expectedArrival(bytes, asked, now, rate);
      done = Math.max(arrival, done) + step.endSeconds() - step.beginSeconds();
    }
    return done;
  }

  /** When so many bytes of a stream have come, if that is known, or else will have. */
  private double expectedArrival(double bytes, double asked, double now, double rate) {
    double begins = Math.max(now, playback.begins(asked));
    double come = channel.bitsUntil(begins) - channel.bitsUntil(playback.begins(asked));
    double missing = 8 * bytes - come;
    return missing <= 0 ? playback.arrival(asked, bytes) : begins + missing / rate;
  }

  /** What has come of a plan until now, with what was there before. */
  private StartingPoint held(StartingPoint start, PlannedModel plan, double asked, double now) {
    double bytes = plan.expected().manifestBytes();
    if (playback.arrival(asked, bytes) > now) {
      return start; // not even the manifest
    }
    BitSet held = new BitSet();
    start.have().indices().forEach(held::set);
    for (int chunk : Range.indices(grid.chunks(plan, start.have())).toArray()) {
      bytes += manifest.chunks().get(chunk).size();
      if (playback.arrival(asked, bytes) > now) {
        break;
      }
      held.set(chunk);
    }
    return new StartingPoint(
        SubModel.usableOf(manifest, held),
        ManifestForm.HELD,
        Optional.empty(),
        0,
        Optional.empty());
  }
}
