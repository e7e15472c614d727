package dev.insitu.planner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.Channel;
import dev.insitu.elastic.plan.DeviceState;
import dev.insitu.elastic.plan.Estimate;
import dev.insitu.elastic.plan.Goal;
import dev.insitu.elastic.plan.Objective.InOrder;
import dev.insitu.elastic.plan.Plan.ManifestForm;
import dev.insitu.elastic.plan.PlanJson;
import dev.insitu.elastic.plan.Privacy;
import dev.insitu.elastic.plan.Profile;
import dev.insitu.elastic.plan.Range;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.elastic.plan.StartingPoint;
import dev.insitu.elastic.plan.Wanted;
import dev.insitu.planner.Decision.Bound;
import dev.insitu.planner.Decision.Chosen;
import dev.insitu.planner.Decision.Conflict;
import dev.insitu.planner.Decision.Infeasible;
import dev.insitu.planner.PlannedModel.Division;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlannerTest {

  private static final Manifest MANIFEST = LayeredPackage.planes(10, 4, 4, List.of(3, 6));
  private static final CandidateGrid GRID =
      CandidateGrid.of(MANIFEST, LayeredPackage.profile(MANIFEST, true));
  private static final StartingPoint NOTHING = StartingPoint.nothing(MANIFEST, 20_000);
  private static final Situation SITUATION =
      Situation.UNKNOWN
          .withDevice(DeviceState.UNKNOWN.withMacsPerSecond(1e9))
          .withChannel(Channel.of(20e6, 5e6, 0.02));

  private static Planner planner() {
    return new Planner(GRID, Calibration.DEFAULT, new ServerSide(1e11, 0.001));
  }

  private static Planner alone() {
    return new Planner(GRID, Calibration.DEFAULT, ServerSide.NONE);
  }

  private static Chosen chosen(Situation situation) {
    return assertInstanceOf(Chosen.class, planner().decide(situation, NOTHING));
  }

  private static Chosen chosenAlone(Situation situation) {
    return assertInstanceOf(Chosen.class, alone().decide(situation, NOTHING));
  }

  @Test
  void theModelsOwnSpeedGoesBeforeTheDevices() {
    DeviceState device = DeviceState.UNKNOWN.withMacsPerSecond(4e8);
    Situation slower = SITUATION.withDevice(device);
    Situation told = SITUATION.withDevice(SITUATION.device().withModelMacsPerSecond(4e8));
    Situation only = SITUATION.withDevice(DeviceState.UNKNOWN.withModelMacsPerSecond(4e8));
    assertEquals(chosen(slower), chosen(told));
    assertEquals(chosen(slower), chosen(only));
    Calibration half = new Calibration(0.5, 0.005, 3e-9, 15e-6, 0.08, 1, 2, 3);
    Planner other = new Planner(GRID, half, new ServerSide(1e11, 0.001));
    assertEquals(chosen(slower), other.decide(told, NOTHING));
  }

  private static Infeasible infeasibleAlone(Situation situation) {
    return assertInstanceOf(Infeasible.class, alone().decide(situation, NOTHING));
  }

  @Test
  void theGridHasMoreThanTenThousandPoints() {
    assertTrue(GRID.points() > 10_000, () -> GRID.points() + " points");
    assertEquals(Worth.ACCURACY, GRID.worth());
  }

  @Test
  void withoutLimitsTheBestIsChosenAndNothingBinds() {
    Chosen best = chosenAlone(SITUATION);
    assertEquals(0.92 * (1 - Math.exp(-10)), best.plan().expected().accuracy().value(), 1e-9);
    assertTrue(best.plan().expected().accuracy().low() < 0.92);
    assertTrue(best.reasons().limits().stream().noneMatch(Bound::binds));
    assertEquals(3, best.reasons().alternatives().size());
  }

  @Test
  void theLimitThatKeepsFromMoreBindsAndOthersDoNot() {
    Situation limited =
        SITUATION
            .withDevice(
                SITUATION.device().withSpace(OptionalLong.of(1L << 40), OptionalLong.empty()))
            .withWanted(Wanted.BEST.withMaxBytes(OptionalLong.of(3_000_000)));
    Chosen plan = chosenAlone(limited);
    for (Bound bound : plan.reasons().limits()) {
      assertEquals(bound.limit() == Limit.BYTES, bound.binds(), bound.toString());
    }
    assertTrue(plan.plan().expected().downBytes() <= 3_000_000);
    assertTrue(plan.plan().expected().downBytes() > 2_900_000);
  }

  @Test
  void contradictoryLimitsAreNamedWithWhatWouldDo() {
    Situation both =
        SITUATION.withWanted(
            Wanted.BEST
                .withAccuracyFloor(OptionalDouble.of(0.9))
                .withMaxBytes(OptionalLong.of(2_000_000)));
    Infeasible none = infeasibleAlone(both);
    assertEquals(
        List.of(Limit.ACCURACY, Limit.BYTES),
        none.conflicts().stream()
            .map(Conflict::limit)
            .sorted(Comparator.comparing(Limit::name))
            .toList());
    assertTrue(none.conflicts().stream().noneMatch(Conflict::outOfReach));
    none.nearest()
        .forEach(nearest -> {
          Conflict moved = nearest.moved().getFirst();
          Wanted wanted =
              moved.limit() == Limit.BYTES
                  ? both.wanted().withMaxBytes(OptionalLong.of((long) moved.needed()))
                  : both.wanted().withAccuracyFloor(OptionalDouble.of(moved.needed()));
          assertEquals(
              nearest.plan(), chosenAlone(both.withWanted(wanted)).plan(), "moved just so far");
        });
  }

  @Test
  void aLimitThatNothingReachesIsOutOfReach() {
    Infeasible none =
        infeasibleAlone(
            SITUATION.withWanted(Wanted.BEST.withAccuracyFloor(OptionalDouble.of(0.99))));
    assertEquals(1, none.conflicts().size());
    assertTrue(none.conflicts().getFirst().outOfReach());
    assertEquals(0.92, none.conflicts().getFirst().needed(), 1e-4);
  }

  @Test
  void severalLimitsOutOfReachAreMovedTogether() {
    Infeasible none =
        infeasibleAlone(
            SITUATION
                .withDevice(
                    SITUATION.device().withSpace(OptionalLong.of(1000), OptionalLong.of(1000)))
                .withWanted(Wanted.BEST.withMaxBytes(OptionalLong.of(0))));
    assertEquals(1, none.nearest().size());
    assertEquals(3, none.conflicts().size());
    assertTrue(none.conflicts().stream().allMatch(Conflict::outOfReach));
  }

  @Test
  void withFewInferencesTheServerComputesAndWithManyTheDevice() {
    Wanted soon =
        Wanted.BEST
            .withPrivacy(Privacy.INPUTS_MAY_LEAVE)
            .withAccuracyFloor(OptionalDouble.of(0.85))
            .withObjective(InOrder.of(Goal.TIME));
    Situation fast = SITUATION.withDevice(DeviceState.UNKNOWN.withMacsPerSecond(1e10));
    PlannedModel few = chosen(fast.withWanted(soon.withInferences(1))).plan();
    assertEquals(0, few.depth());
    assertEquals(0, few.expected().downBytes());
    PlannedModel many = chosen(fast.withWanted(soon.withInferences(1_000_000))).plan();
    assertTrue(many.division().isEmpty(), many.toString());
    assertTrue(many.expected().latencySeconds() <= few.expected().latencySeconds());
    PlannedModel bytes =
        chosen(
                fast.withWanted(
                    soon.withInferences(1_000_000).withObjective(InOrder.of(Goal.BYTES))))
            .plan();
    assertTrue(bytes.division().isEmpty(), "what goes up a million times is more than the model");
  }

  @Test
  void whatMayNotLeaveDoesNot() {
    Wanted soon = Wanted.BEST.withObjective(InOrder.of(Goal.FIRST_ANSWER));
    for (Privacy privacy : Privacy.values()) {
      PlannedModel plan = chosen(SITUATION.withWanted(soon.withPrivacy(privacy))).plan();
      switch (privacy) {
        case NOTHING_LEAVES -> assertTrue(plan.division().isEmpty());
        case FEATURES_MAY_LEAVE -> assertTrue(plan.division().map(Division::before).orElse(1) >= 1);
        case INPUTS_MAY_LEAVE -> assertEquals(0, plan.depth());
      }
    }
  }

  private static final Wanted SOON =
      Wanted.BEST.withObjective(InOrder.of(Goal.ACCURACY, Goal.FIRST_ANSWER, Goal.TIME));

  @Test
  void untilTheDeviceAnswersTheServerDoes() {
    PlannedModel without = chosen(SITUATION.withWanted(SOON)).plan();
    PlannedModel with =
        chosen(SITUATION.withWanted(SOON.withPrivacy(Privacy.FEATURES_MAY_LEAVE))).plan();
    assertEquals(new Division(1, 8, 30_000), with.help().orElseThrow());
    assertEquals(without.expected().accuracy(), with.expected().accuracy());
    double sending = 30_000 * 8 / 5e6;
    double computing = (LayeredPackage.macs(MANIFEST) - 40_000_000) / 1e11;
    double meanwhile = Calibration.DEFAULT.sessionSeconds(); // sessions are made beside
    assertEquals(
        with.steps().getFirst().endSeconds() + sending + 0.02 + 0.001 + computing + meanwhile,
        with.expected().firstAnswerSeconds(),
        1e-9);
    assertTrue(with.expected().firstAnswerSeconds() < without.expected().firstAnswerSeconds() / 2);
    assertEquals(with.expected().downBytes() + 30_000.0, with.expected().totalBytes());
    Situation quick = SITUATION.withChannel(Channel.of(20e6, 500e6, 0.02));
    PlannedModel inputs =
        chosen(quick.withWanted(SOON.withPrivacy(Privacy.INPUTS_MAY_LEAVE))).plan();
    assertEquals(new Division(0, 32, 240_000), inputs.help().orElseThrow());
    assertTrue(inputs.expected().firstAnswerSeconds() < with.expected().firstAnswerSeconds());
  }

  @Test
  void whatAnswersAlreadyIsNotHelped() {
    Situation situation = SITUATION.withWanted(SOON.withPrivacy(Privacy.INPUTS_MAY_LEAVE));
    SubModel exit = SubModel.of(MANIFEST, 4, 0);
    StartingPoint answering =
        new StartingPoint(exit, ManifestForm.HELD, Optional.empty(), 0, Optional.empty());
    StartingPoint earlier =
        new StartingPoint(
            SubModel.empty(MANIFEST),
            ManifestForm.WHOLE,
            Optional.of(MANIFEST.header().root()),
            20_000,
            Optional.empty());
    for (StartingPoint start : List.of(answering, earlier)) {
      Chosen plan = assertInstanceOf(Chosen.class, planner().decide(situation, start));
      assertTrue(plan.plan().help().isEmpty(), plan.plan().toString());
    }
    StartingPoint two =
        new StartingPoint(
            SubModel.ofSegments(MANIFEST, 2, 0),
            ManifestForm.HELD,
            Optional.empty(),
            0,
            Optional.empty());
    Chosen plan = assertInstanceOf(Chosen.class, planner().decide(situation, two));
    assertEquals(2, plan.plan().help().orElseThrow().before());
  }

  /** With answers that would come more slowly afterwards, a longer way must not look better. */
  @Test
  void alongTheGridHelpedPlansOnlyEverCostMore() {
    Situation slow =
        SITUATION
            .withDevice(DeviceState.UNKNOWN.withMacsPerSecond(1e8))
            .withWanted(
                SOON.withPrivacy(Privacy.INPUTS_MAY_LEAVE).withInferences(20).withCare(0.5, 1));
    planner()
        .within(slow, NOTHING)
        .filter(plan -> plan.help().isPresent())
        .filter(plan -> plan.order() == Order.LAYER_MAJOR && !plan.fused())
        .filter(plan -> plan.exit().isEmpty())
        .collect(Collectors.groupingBy(PlannedModel::help))
        .values()
        .forEach(plans -> {
          assertTrue(plans.size() > 50);
          for (int i = 1; i < plans.size(); i++) {
            PlannedModel.Expected before = plans.get(i - 1).expected();
            PlannedModel.Expected next = plans.get(i).expected();
            assertTrue(next.timeSeconds() >= before.timeSeconds() * (1 - 1e-12));
            assertTrue(next.totalBytes() >= before.totalBytes());
            assertTrue(next.firstAnswerSeconds() >= before.firstAnswerSeconds());
          }
        });
  }

  @Test
  void aDeviceWithoutFloatsLeavesAllToTheServerOrIsRefused() {
    Situation integers = SITUATION.withDevice(SITUATION.device().withPrecisions(List.of("int8")));
    Infeasible none = assertInstanceOf(Infeasible.class, planner().decide(integers, NOTHING));
    List<Limit> limits = none.conflicts().stream().map(Conflict::limit).toList();
    assertTrue(
        limits.contains(Limit.PRECISION) && limits.contains(Limit.PRIVACY), limits::toString);
    Situation open = integers.withWanted(Wanted.BEST.withPrivacy(Privacy.INPUTS_MAY_LEAVE));
    assertEquals(0, chosen(open).plan().depth());
  }

  @Test
  void aDeadLinkLeavesWhatIsHeldOrNothing() {
    Situation dead = SITUATION.withChannel(Channel.of(0, 0, 0.02));
    assertInstanceOf(Infeasible.class, planner().decide(dead, NOTHING));
    SubModel least = SubModel.of(MANIFEST, MANIFEST.segments().size(), 2);
    StartingPoint held =
        new StartingPoint(least, ManifestForm.HELD, Optional.empty(), 0, Optional.empty());
    Chosen plan = assertInstanceOf(Chosen.class, planner().decide(dead, held));
    assertEquals(0, plan.plan().expected().downBytes());
    assertTrue(plan.plan().expected().arrivalSeconds() < 1);
  }

  @Test
  void certaintyReckonsWithAWorseLink() {
    Channel varying =
        new Channel(
            Optional.of(new Estimate(20e6, 5e6)),
            Optional.of(Estimate.of(5e6)),
            Optional.of(Estimate.of(0.02)),
            Optional.empty(),
            Optional.empty());
    Wanted soon = Wanted.BEST.withTimes(OptionalDouble.empty(), OptionalDouble.of(3));
    double mean =
        chosen(SITUATION.withChannel(varying).withWanted(soon))
            .plan()
            .expected()
            .accuracy()
            .value();
    Chosen sure = chosen(SITUATION.withChannel(varying).withWanted(soon.withCare(0.95, 0.9)));
    assertTrue(sure.plan().expected().accuracy().value() <= mean);
    double slow = 20e6 * Math.exp(-1.645 * Math.sqrt(Math.log1p(0.25 * 0.25)));
    Situation slower = SITUATION.withChannel(Channel.of(slow, 5e6, 0.02)).withWanted(soon);
    assertEquals(
        chosen(slower).plan().expected().firstAnswerSeconds(),
        sure.plan().expected().firstAnswerSeconds(),
        0.01);
  }

  @Test
  void situationsOfNewerClientsArePlannedFor() {
    String newer =
        "{\"version\":9,\"macsPerSecond\":1e9,\"downlinkBitsPerSecond\":2e7,\"mood\":[1,{}]}";
    Situation situation = PlanJson.readSituation(newer.getBytes(StandardCharsets.UTF_8));
    assertTrue(chosen(situation).plan().expected().accuracy().value() > 0.9);
  }

  @Test
  void whatWasNotMeasuredIsPlannedByErrorRemovedAndHasNoFloor() {
    CandidateGrid grid = CandidateGrid.of(MANIFEST, Profile.unmeasured());
    Planner planner = new Planner(grid, Calibration.DEFAULT, ServerSide.NONE);
    Chosen some = assertInstanceOf(Chosen.class, planner.decide(SITUATION, NOTHING));
    assertEquals(MANIFEST.chunkBytes(), some.plan().expected().chunkBytes());
    assertTrue(some.reasons().notes().toString().contains("not measured"));
    Situation floor = SITUATION.withWanted(Wanted.BEST.withAccuracyFloor(OptionalDouble.of(0.5)));
    ElasticException e = assertThrows(ElasticException.class, () -> planner.decide(floor, NOTHING));
    assertTrue(String.valueOf(e.getMessage()).contains("accuracyFloor"));
  }

  @Test
  void aLinkThatVariesMoreThanItsMeanIsNotDead() {
    assertEquals(
        1e6 * Math.exp(-1.2816 * Math.sqrt(Math.log(5))),
        Certainty.least(new Estimate(1e6, 2e6), Certainty.deviations(0.9)),
        1e3);
    assertEquals(1e6 - 2 * 1e3, Certainty.least(new Estimate(1e6, 1e3), 2), 10);
    assertEquals(0, Certainty.least(new Estimate(0, 1e3), 2));
    assertEquals(1e6, Certainty.least(new Estimate(1e6, 2e6), 0));
  }

  @Test
  void overADeadLinkNothingComesToAnEndWhateverIsAskedFor() {
    Situation dead =
        SITUATION
            .withChannel(Channel.of(0, 0, 0.02))
            .withWanted(
                Wanted.BEST
                    .withTimes(OptionalDouble.empty(), OptionalDouble.of(1))
                    .withInferences(1000));
    Planner planner = new Planner(GRID, Calibration.DEFAULT, ServerSide.NONE);
    assertInstanceOf(Infeasible.class, planner.decide(dead, NOTHING));
    Situation open = dead.withWanted(Wanted.BEST.withInferences(1000));
    assertTrue(
        planner
            .within(open, NOTHING)
            .allMatch(plan -> plan.expected().timeSeconds() == Double.POSITIVE_INFINITY));
  }

  @Test
  void theDecisionIsTheBestOfWhatIsWithinTheLimits() {
    Situation soon =
        SITUATION.withWanted(Wanted.BEST.withTimes(OptionalDouble.empty(), OptionalDouble.of(3)));
    Planner planner = new Planner(GRID, Calibration.DEFAULT, ServerSide.NONE);
    Chosen chosen = assertInstanceOf(Chosen.class, planner.decide(soon, NOTHING));
    List<PlannedModel> all = planner.within(soon, NOTHING).toList();
    assertTrue(all.contains(chosen.plan()));
    assertTrue(all.stream().allMatch(plan -> plan.expected().firstAnswerSeconds() <= 3));
    double most =
        all.stream().mapToDouble(plan -> plan.expected().accuracy().value()).max().orElseThrow();
    assertEquals(most, chosen.plan().expected().accuracy().value());
  }

  @Test
  void allChunksTogetherAgreeWithTheRootForCertain() {
    Profile agreeing =
        new Profile(
            20,
            List.of(
                new Profile.Point(100, 1_000_000, 1, 0.8, OptionalDouble.empty()),
                new Profile.Point(
                    MANIFEST.chunks().size(),
                    MANIFEST.chunkBytes(),
                    1,
                    1,
                    OptionalDouble.empty())));
    Planner planner =
        new Planner(CandidateGrid.of(MANIFEST, agreeing), Calibration.DEFAULT, ServerSide.NONE);
    Chosen all = assertInstanceOf(Chosen.class, planner.decide(SITUATION, NOTHING));
    assertEquals(1, all.plan().expected().accuracy().low());
    assertTrue(all.plan().expected().firstAccuracy().low() < 0.9);
  }

  @Test
  void relaxingALimitNeverWorsensTheObjective() {
    long seed = 11;
    Random random = new Random(seed);
    for (int i = 0; i < 300; i++) {
      double floor = random.nextDouble() * 0.9;
      long bytes = 1_000_000L + random.nextInt(40_000_000);
      double first = 0.1 + 10 * random.nextDouble();
      Goal goal = List.of(Goal.values()).get(random.nextInt(4));
      Wanted wanted =
          Wanted.BEST
              .withAccuracyFloor(OptionalDouble.of(floor))
              .withMaxBytes(OptionalLong.of(bytes))
              .withTimes(OptionalDouble.empty(), OptionalDouble.of(first))
              .withInferences(1 + random.nextInt(1000))
              .withPrivacy(List.of(Privacy.values()).get(random.nextInt(3)))
              .withObjective(InOrder.of(goal));
      List<Wanted> relaxed =
          List.of(
              wanted.withAccuracyFloor(OptionalDouble.of(floor * random.nextDouble())),
              wanted.withMaxBytes(OptionalLong.of(bytes + random.nextInt(10_000_000))),
              wanted.withTimes(
                  OptionalDouble.empty(), OptionalDouble.of(first * (1 + random.nextDouble()))),
              wanted.withPrivacy(Privacy.INPUTS_MAY_LEAVE));
      double value = cost(goal, planner().decide(SITUATION.withWanted(wanted), NOTHING));
      for (Wanted other : relaxed) {
        double after = cost(goal, planner().decide(SITUATION.withWanted(other), NOTHING));
        assertTrue(
            after <= value * (1 + Math.signum(value) * 1e-9), "seed " + seed + ": " + wanted);
      }
    }
  }

  private static double cost(Goal goal, Decision decision) {
    return switch (decision) {
      case Infeasible none -> {
        assertFalse(none.nearest().isEmpty());
        yield Double.MAX_VALUE;
      }
      case Chosen some ->
          switch (goal) {
            case ACCURACY -> -some.plan().expected().accuracy().value();
            case FIRST_ANSWER -> some.plan().expected().firstAnswerSeconds();
            case TIME -> some.plan().expected().timeSeconds();
            case BYTES -> some.plan().expected().totalBytes();
          };
    };
  }

  @Test
  void thePlansChunksAreExactlyWhatItExpectsInAnOrderThatRuns() {
    for (long seed = 1; seed <= 40; seed++) {
      Instance instance = new Instance(seed);
      Manifest manifest = instance.manifest;
      StartingPoint start = instance.start();
      Planner planner = new Planner(instance.grid, instance.calibration, ServerSide.NONE);
      for (int i = 0; i < 5; i++) {
        Chosen some = assertInstanceOf(Chosen.class, planner.decide(instance.open(), start));
        List<Range> ranges = instance.grid.chunks(some.plan(), start.have());
        int[] chunks = Range.indices(ranges).toArray();
        assertEquals(
            some.plan().expected().chunkBytes(),
            IntStream.of(chunks).mapToLong(chunk -> manifest.chunks().get(chunk).size()).sum(),
            "seed " + seed);
        BitSet there = new BitSet();
        start.have().indices().forEach(there::set);
        for (int chunk : chunks) {
          assertFalse(there.get(chunk), "seed " + seed + ": chunk " + chunk + " comes twice");
          boolean needed = Arrays.stream(manifest.lattice().needs(chunk)).allMatch(there::get);
          assertTrue(needed, "seed " + seed + ": chunk " + chunk + " comes before what it needs");
          there.set(chunk);
        }
        Manifest view = manifest.atShare(some.plan().width());
        SubModel all = SubModel.usableOf(view, there);
        assertTrue(all.runnableSegments() >= some.plan().depth(), "seed " + seed);
      }
    }
  }
}
