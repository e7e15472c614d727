package dev.insitu.planner;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.RandomExits;
import dev.insitu.elastic.RandomPackage;
import dev.insitu.elastic.RandomWidths;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.Channel;
import dev.insitu.elastic.plan.DeviceState;
import dev.insitu.elastic.plan.DeviceState.Energy;
import dev.insitu.elastic.plan.Estimate;
import dev.insitu.elastic.plan.Goal;
import dev.insitu.elastic.plan.Objective;
import dev.insitu.elastic.plan.Plan.ManifestForm;
import dev.insitu.elastic.plan.Privacy;
import dev.insitu.elastic.plan.Profile;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.elastic.plan.StartingPoint;
import dev.insitu.elastic.plan.Wanted;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;

/** A random package, and random situations of devices that ask for it. */
final class Instance {

  final Manifest manifest;
  final Profile profile;
  final CandidateGrid grid;
  final Oracle oracle;
  final Calibration calibration;
  final ServerSide server;
  private final Random random;

  Instance(long seed) {
    random = new Random(seed);
    Manifest bare =
        new RandomPackage(
                seed, random.nextInt(5) == 0 ? 15 + random.nextInt(25) : 1 + random.nextInt(12))
            .manifest();
    Manifest exits = random.nextInt(3) > 0 ? RandomExits.addTo(bare, random) : bare;
    manifest = random.nextInt(3) > 0 ? RandomWidths.addTo(exits, random) : exits;
    profile = new RandomProfile(manifest, random).profile();
    grid = CandidateGrid.of(manifest, profile);
    oracle = new Oracle(manifest, profile, grid);
    calibration =
        new Calibration(
            0.5 + random.nextDouble(),
            random.nextBoolean() ? 0 : log(1e-3, 1),
            random.nextBoolean() ? 0 : log(1e-6, 1e-2),
            random.nextBoolean() ? 0 : log(1e-5, 0.1),
            log(1e-3, 10),
            1 + random.nextDouble(),
            random.nextInt(3),
            random.nextInt(4));
    server =
        random.nextInt(4) == 0 ? ServerSide.NONE : new ServerSide(log(1e6, 1e12), log(1e-4, 1));
  }

  /** Of so many orders of magnitude each is as likely. */
  double log(double least, double most) {
    return least * Math.pow(most / least, random.nextDouble());
  }

  StartingPoint start() {
    if (random.nextBoolean()) {
      return StartingPoint.nothing(manifest, random.nextInt(200));
    }
    BitSet held = new BitSet();
    for (int chunk = 0; chunk < manifest.chunks().size(); chunk++) {
      held.set(chunk, random.nextInt(3) > 0);
    }
    SubModel have = SubModel.usableOf(manifest, held);
    return new StartingPoint(have, ManifestForm.HELD, Optional.empty(), 0, Optional.empty());
  }

  /** A situation without limits. */
  Situation open() {
    Channel channel =
        new Channel(
            Optional.of(Estimate.of(log(100, 1e6))),
            random.nextInt(5) == 0 ? Optional.empty() : Optional.of(Estimate.of(log(100, 1e6))),
            Optional.of(Estimate.of(log(1e-3, 1))),
            random.nextBoolean() ? Optional.empty() : Optional.of(Estimate.of(0.05)),
            Optional.empty());
    Energy energy =
        new Energy(
            OptionalDouble.empty(),
            OptionalDouble.of(log(1e-12, 1e-6)),
            OptionalDouble.of(log(1e-9, 1e-3)),
            random.nextBoolean() ? OptionalDouble.empty() : OptionalDouble.of(log(1e-9, 1e-3)));
    Wanted wanted =
        Wanted.BEST
            .withInferences(random.nextInt(3) == 0 ? 1 : (long) log(1, 1e4))
            .withPrivacy(Privacy.INPUTS_MAY_LEAVE)
            .withCare(0.5, random.nextDouble())
            .withObjective(objective());
    return Situation.UNKNOWN
        .withDevice(DeviceState.UNKNOWN.withMacsPerSecond(log(1e6, 1e12)).withEnergy(energy))
        .withChannel(channel)
        .withWanted(wanted);
  }

  private Objective objective() {
    if (random.nextInt(3) == 0) {
      return new Objective.Weighted(
          random.nextInt(4) == 0 ? 0 : 1,
          random.nextInt(3) == 0 ? 0 : log(1e-4, 1),
          random.nextInt(3) == 0 ? 0 : log(1e-6, 1),
          log(1e-3, 1));
    }
    List<Goal> goals = new ArrayList<>(List.of(Goal.values()));
    Collections.shuffle(goals, random);
    double tolerance = random.nextBoolean() ? 0 : random.nextDouble() / 10;
    return new Objective.InOrder(goals.subList(0, 1 + random.nextInt(4)), tolerance);
  }

  /** The same with some limits, each near to what some point of the grid takes. */
  Situation limited(Situation open, List<Oracle.Point> points) {
    DeviceState device = open.device();
    Wanted wanted = open.wanted();
    if (random.nextInt(3) == 0) {
      long storage = (long) (any(points).storage() * near());
      device = device.withSpace(OptionalLong.of(storage), device.memoryBytes());
    }
    if (random.nextInt(3) == 0) {
      long memory = (long) (any(points).memory() * near());
      device = device.withSpace(device.storageBytes(), OptionalLong.of(memory));
    }
    if (random.nextInt(3) == 0) {
      Energy some = device.energy();
      device =
          device.withEnergy(
              new Energy(
                  OptionalDouble.of(any(points).energy() * near()),
                  some.joulesPerMac(),
                  some.joulesPerBitDown(),
                  some.joulesPerBitUp()));
    }
    if (random.nextInt(3) == 0) {
      wanted = wanted.withMaxBytes(OptionalLong.of((long) (any(points).down() * near())));
    }
    if (random.nextInt(3) == 0) {
      wanted =
          wanted.withAccuracyFloor(OptionalDouble.of(Math.min(1, any(points).accuracy() * near())));
    }
    OptionalDouble latency = OptionalDouble.empty();
    OptionalDouble first = OptionalDouble.empty();
    if (random.nextInt(3) == 0) {
      latency = OptionalDouble.of(Math.max(1e-9, any(points).latency() * near()));
    }
    if (random.nextInt(3) == 0) {
      first = OptionalDouble.of(Math.max(1e-9, any(points).firstAnswer() * near()));
    }
    Privacy privacy = List.of(Privacy.values()).get(random.nextInt(3));
    return open.withDevice(device)
        .withWanted(wanted.withTimes(latency, first).withPrivacy(privacy));
  }

  private Oracle.Point any(List<Oracle.Point> points) {
    return points.get(random.nextInt(points.size()));
  }

  private double near() {
    return 0.6 + random.nextDouble();
  }
}
