package dev.insitu.benchmarks.planning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.benchmarks.planning.DeviceCourse.Outcome;
import dev.insitu.benchmarks.planning.DeviceCourse.Policy;
import dev.insitu.elastic.plan.Channel;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.elastic.plan.StartingPoint;
import dev.insitu.planner.Calibration;
import dev.insitu.planner.CandidateGrid;
import dev.insitu.planner.PlannedModel;
import dev.insitu.planner.Planner;
import dev.insitu.planner.ServerSide;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PlaybackTest {

  private static final MadePackage PACKAGE = MadePackage.of(1);
  private static final CandidateGrid GRID = CandidateGrid.of(PACKAGE.manifest(), PACKAGE.profile());
  private static final Planner PLANNER = new Planner(GRID, Calibration.DEFAULT, ServerSide.NONE);
  private static final StartingPoint NOTHING = StartingPoint.nothing(PACKAGE.manifest(), 20_000);

  private static List<PlannedModel> plans(double bitsPerSecond, double roundTrip) {
    Situation situation =
        Situation.UNKNOWN
            .withDevice(Situation.UNKNOWN.device().withMacsPerSecond(1e9))
            .withChannel(Channel.of(bitsPerSecond, 1e6, roundTrip));
    return PLANNER.within(situation, NOTHING).toList();
  }

  @Test
  void overASteadyChannelItIsWhatThePlannerPredicts() {
    Playback playback = new Playback(FluidChannel.of(8e6), 3 * 0.05);
    List<PlannedModel> plans = plans(8e6, 0.05);
    for (int i = 0; i < plans.size(); i += 37) {
      PlannedModel plan = plans.get(i);
      assertEquals(plan.expected().firstAnswerSeconds(), playback.firstAnswer(2, plan) - 2, 1e-6);
      assertEquals(plan.expected().arrivalSeconds(), playback.allThere(2, plan) - 2, 1e-6);
    }
  }

  /** Bytes come and steps compute in small steps of time. */
  private static double byEvents(double[] rates, double setUp, double asked, PlannedModel plan) {
    double tick = 2e-5;
    double come = 0;
    int step = 0;
    double needed = plan.expected().manifestBytes();
    double computed = 0;
    boolean manifest = false;
    for (double now = asked + setUp; ; now += tick) {
      if (!manifest && come >= needed - 1e-6) {
        manifest = true;
      }
      if (manifest) {
        if (step == plan.steps().size()) {
          return now;
        }
        PlannedModel.Step one = plan.steps().get(step);
        if (come >= needed + one.bytes() - 1e-6) {
          computed += tick;
          if (computed >= one.endSeconds() - one.beginSeconds()) {
            needed += one.bytes();
            computed = 0;
            step++;
          }
        }
      }
      come += tick * rates[(int) (now % rates.length)] / 8;
    }
  }

  @Test
  void overAnyChannelItIsWhatHappensInSmallSteps() {
    Random random = new Random(3);
    List<PlannedModel> plans = plans(8e6, 0.05);
    for (int round = 0; round < 30; round++) {
      double[] rates = new double[2 + random.nextInt(5)];
      for (int i = 0; i < rates.length; i++) {
        rates[i] = random.nextInt(4) == 0 ? 0 : 1e7 * random.nextDouble();
      }
      rates[0] = 2e7;
      double asked = random.nextDouble() * 10;
      PlannedModel plan = plans.get(random.nextInt(plans.size()));
      double exact = new Playback(FluidChannel.of(rates), 0.15).firstAnswer(asked, plan);
      double steps = byEvents(rates, 0.15, asked, plan);
      assertEquals(steps, exact, 3e-3, "round " + round);
    }
  }

  private static DeviceCourse course(DrawnDevice device, FluidChannel channel, boolean adapts) {
    return new DeviceCourse(GRID, PLANNER, 3, NOTHING, device, channel, new Policy(0.9, adapts));
  }

  private static DrawnDevice device(double bitsPerSecond, double deadline) {
    return new DrawnDevice(
        8L << 30, 8L << 30, 1e10, bitsPerSecond, 0.02, deadline, 10, OptionalDouble.empty(), 0, 0);
  }

  @Test
  void overASteadyChannelEveryDeviceThatCanBeServedIs() {
    for (double rate = 1e5; rate < 1e9; rate *= 3) {
      for (double deadline = 0.1; deadline < 30; deadline *= 2) {
        DrawnDevice device = device(rate, deadline);
        DeviceCourse course = course(device, FluidChannel.of(rate), true);
        Outcome outcome = course.play();
        OptionalDouble best = course.best();
        assertEquals(best.isPresent(), course.served(outcome), device.toString());
        if (best.isPresent()) {
          assertEquals(best.getAsDouble(), outcome.accuracy(), 1e-9, device.toString());
          assertEquals(1, outcome.decisions(), device.toString());
        }
      }
    }
  }

  @Test
  void whenTheChannelFallsADeviceAsksAgain() {
    double[] falling = new double[40];
    for (int i = 0; i < 40; i++) {
      falling[i] = i >= 1 && i < 20 ? 2.4e6 : 1.6e7;
    }
    DrawnDevice device = device(FluidChannel.of(falling).mean(), 8);
    DeviceCourse adapting = course(device, FluidChannel.of(falling), true);
    Outcome outcome = adapting.play();
    assertTrue(outcome.decisions() > 1, outcome.toString());
    assertTrue(adapting.served(outcome), outcome.toString());
    DeviceCourse stubborn = course(device, FluidChannel.of(falling), false);
    assertFalse(stubborn.served(stubborn.play()));
  }
}
