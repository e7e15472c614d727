package dev.insitu.benchmarks.planning;

import dev.insitu.elastic.Digest;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.plan.Channel;
import dev.insitu.elastic.plan.DeviceState;
import dev.insitu.elastic.plan.Estimate;
import dev.insitu.elastic.plan.Goal;
import dev.insitu.elastic.plan.Objective;
import dev.insitu.elastic.plan.Objective.InOrder;
import dev.insitu.elastic.plan.Objective.Weighted;
import dev.insitu.elastic.plan.Privacy;
import dev.insitu.elastic.plan.Range;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.elastic.plan.Wanted;
import dev.insitu.elastic.plan.Wishes.Held;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;

/** Draws situations that differ in all that plans weigh. Not thread-safe. */
public final class DrawnSituations {

  private static final double MOST_SPREAD = 0.5;
  private static final double UP_TO_DOWN = 0.3;

  private final DeviceGenerator devices;
  private final Random random;

  public DrawnSituations(long seed) {
    this.devices = new DeviceGenerator(seed);
    this.random = new Random(seed);
  }

  /** The next one, of a device that holds nothing. */
  public Situation next() {
    DrawnDevice device = devices.next();
    double down = device.bitsPerSecond();
    Channel channel =
        new Channel(
            Optional.of(new Estimate(down, random.nextDouble() * MOST_SPREAD * down)),
            Optional.of(Estimate.of(UP_TO_DOWN * down)),
            Optional.of(Estimate.of(device.roundTripSeconds())),
            Optional.empty(),
            Optional.empty());
    Wanted wanted =
        Wanted.BEST
            .withAccuracyFloor(device.accuracyFloor())
            .withTimes(OptionalDouble.empty(), OptionalDouble.of(device.deadlineSeconds()))
            .withInferences(device.inferences())
            .withCare(random.nextBoolean() ? 0.5 : 0.9, random.nextDouble())
            .withPrivacy(List.of(Privacy.values()).get(random.nextInt(Privacy.values().length)))
            .withObjective(objective());
    return of(device).withChannel(channel).withWanted(wanted);
  }

  /** What a device can spare and do, and nothing else. */
  public static Situation of(DrawnDevice device) {
    DeviceState state =
        DeviceState.UNKNOWN
            .withMacsPerSecond(device.macsPerSecond())
            .withSpace(
                OptionalLong.of(device.storageBytes()), OptionalLong.of(device.memoryBytes()));
    return Situation.UNKNOWN.withDevice(state);
  }

  private Objective objective() {
    if (random.nextInt(3) == 0) {
      return new Weighted(1, random.nextDouble() / 10, 1e-5, 1e-5);
    }
    List<Goal> goals = new ArrayList<>(List.of(Goal.values()));
    Collections.shuffle(goals, random);
    return new InOrder(goals, random.nextBoolean() ? 0 : 0.005);
  }

  /**
   * What a device holds that got some of a package before: most of the chunks up to one, in many
   * ranges.
   */
  public Held held(Manifest manifest, Digest digest) {
    int count = manifest.chunks().size();
    int end = count / 2 + random.nextInt(count / 2);
    return new Held(
        digest, Range.of(IntStream.range(0, end).filter(chunk -> random.nextInt(4) > 0)));
  }
}
