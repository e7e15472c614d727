package dev.insitu.planner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.Channel;
import dev.insitu.elastic.plan.DeviceState;
import dev.insitu.elastic.plan.Goal;
import dev.insitu.elastic.plan.Objective.InOrder;
import dev.insitu.elastic.plan.Plan.ManifestForm;
import dev.insitu.elastic.plan.Profile;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.elastic.plan.StartingPoint;
import dev.insitu.elastic.plan.Wanted;
import dev.insitu.planner.Decision.Chosen;
import dev.insitu.planner.Decision.Infeasible;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Downloading and computing at the same time, against known answers. */
class OverlapTest {

  private static final Calibration NOTHING_ELSE = new Calibration(1, 0, 0, 0, 0, 1, 0, 0);
  private static final double MAC_PER_SECOND = 1e6;

  /** Layers of 4, 2 and 2 Mbit that take a second each. */
  private static Manifest three() {
    return LayeredPackage.plain(
        new int[] {500_000, 250_000, 250_000}, 1_000_000, 1_000_000, 1_000_000);
  }

  private static Decision decide(
      Manifest manifest, double bitsPerSecond, OptionalDouble deadline, StartingPoint start) {
    Planner planner =
        new Planner(
            CandidateGrid.of(manifest, Profile.unmeasured()), NOTHING_ELSE, ServerSide.NONE);
    Situation situation =
        Situation.UNKNOWN
            .withDevice(DeviceState.UNKNOWN.withMacsPerSecond(MAC_PER_SECOND))
            .withChannel(Channel.of(bitsPerSecond, 1, 0))
            .withWanted(
                Wanted.BEST
                    .withTimes(OptionalDouble.empty(), deadline)
                    .withObjective(InOrder.of(Goal.FIRST_ANSWER)));
    return planner.decide(situation, start);
  }

  private static PlannedModel plan(Manifest manifest, double bitsPerSecond, StartingPoint start) {
    Decision decision = decide(manifest, bitsPerSecond, OptionalDouble.empty(), start);
    return assertInstanceOf(Chosen.class, decision).plan();
  }

  private static StartingPoint nothing(Manifest manifest) {
    return StartingPoint.nothing(manifest, 0);
  }

  @Test
  void layersThatArriveAreComputedWhileOthersAreOnTheirWay() {
    Manifest manifest = three();
    PlannedModel plan = plan(manifest, 2e6, nothing(manifest));
    assertEquals(
        List.of(2.0, 3.0, 4.0),
        plan.steps().stream().map(PlannedModel.Step::arrivalSeconds).toList());
    assertEquals(
        List.of(3.0, 4.0, 5.0), plan.steps().stream().map(PlannedModel.Step::endSeconds).toList());
    assertEquals(5, plan.expected().firstAnswerSeconds());
    double afterwards = plan.expected().arrivalSeconds() + plan.expected().latencySeconds();
    assertEquals(7, afterwards, "download, then infer");
  }

  @ParameterizedTest
  @CsvSource({"5, 2e6", "4, 4e6"})
  void theLeastRateForADeadlineIsTheKnownOne(double deadline, double least) {
    Manifest manifest = three();
    OptionalDouble limit = OptionalDouble.of(deadline);
    assertInstanceOf(Chosen.class, decide(manifest, least, limit, nothing(manifest)));
    Infeasible none =
        assertInstanceOf(
            Infeasible.class, decide(manifest, least * 0.999, limit, nothing(manifest)));
    assertEquals(Limit.FIRST_ANSWER, none.conflicts().getFirst().limit());
    assertTrue(none.conflicts().getFirst().outOfReach());
  }

  @Test
  void whatIsHeldIsNotWaitedFor() {
    Manifest manifest = three();
    BitSet first = new BitSet();
    first.set(0);
    StartingPoint start =
        new StartingPoint(
            SubModel.usableOf(manifest, first),
            ManifestForm.HELD,
            Optional.empty(),
            0,
            Optional.empty());
    PlannedModel plan = plan(manifest, 2e6, start);
    assertEquals(
        List.of(1.0, 2.0, 3.0), plan.steps().stream().map(PlannedModel.Step::endSeconds).toList());
    assertEquals(500_000, plan.expected().chunkBytes());
  }

  /** Unrolled: t_L = max(T0 + Suf_1, max_j(C_j / r + Suf_j)), and no saving above its bounds. */
  @Test
  void firstAnswersAreThoseOfTheClosedForm() {
    long seed = 7;
    Random random = new Random(seed);
    for (int draw = 0; draw < 200; draw++) {
      int layers = 1 + random.nextInt(30);
      int[] sizes = IntStream.range(0, layers).map(i -> 1 + random.nextInt(1 << 20)).toArray();
      long[] macs = random.longs(layers, 0, 3_000_000).toArray();
      double rate = 1e5 * Math.pow(1000, random.nextDouble());
      Manifest manifest = LayeredPackage.plain(sizes, macs);
      PlannedModel plan = plan(manifest, rate, nothing(manifest));
      double[] after = new double[layers + 1];
      for (int j = layers - 1; j >= 0; j--) {
        after[j] = after[j + 1] + macs[j] / MAC_PER_SECOND;
      }
      double expected = after[0];
      double sum = 0;
      for (int j = 0; j < layers; j++) {
        sum += 8.0 * sizes[j];
        expected = Math.max(expected, sum / rate + after[j]);
      }
      assertEquals(expected, plan.expected().firstAnswerSeconds(), 1e-9 * expected, "seed " + seed);
      double download = sum / rate;
      double saving = 1 - expected / (download + after[0]);
      assertTrue(saving <= Math.min(download, after[0]) / (download + after[0]) + 1e-9);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 0.49", "2, 0.327", "4, 0.196", "10, 0.089"})
  void uniformLayersSaveWhatIsKnown(double ratio, double saving) {
    int[] sizes = new int[50];
    long[] macs = new long[50];
    Arrays.fill(sizes, 100_000);
    Arrays.fill(macs, 1_000_000);
    Manifest manifest = LayeredPackage.plain(sizes, macs);
    PlannedModel plan = plan(manifest, 800_000 / ratio, nothing(manifest));
    double both = 50 * ratio + 50;
    assertEquals(saving, 1 - plan.expected().firstAnswerSeconds() / both, 0.001);
  }
}
