package dev.insitu.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.device.Circumstances.Measured;
import dev.insitu.device.Circumstances.Moment;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.plan.Channel;
import dev.insitu.elastic.plan.Estimate;
import dev.insitu.elastic.plan.Range;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.elastic.plan.Wanted;
import dev.insitu.elastic.plan.Wishes.Held;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class CircumstancesTest {

  private static final Channel LINK = measured(8e6, 1e6, 0.1);
  private static final Measured MEASURED =
      new Measured(1000, OptionalDouble.of(2e9), OptionalDouble.of(5e8), LINK);

  private static Channel measured(double rate, double spread, double trip) {
    return new Channel(
        Optional.of(new Estimate(rate, spread)),
        Optional.of(Estimate.of(2e6)),
        Optional.of(Estimate.of(trip)),
        Optional.empty(),
        Optional.empty());
  }

  private static Moment at(double elapsed, OptionalDouble left, boolean answers, boolean changed) {
    return new Moment(elapsed, left, answers, 300, changed, OptionalLong.empty());
  }

  private static Situation of(Situation told, Moment moment) {
    return new Circumstances(told, Optional.empty(), MEASURED, moment).situation();
  }

  private static final Moment START = at(0, OptionalDouble.empty(), false, false);

  @Test
  void whatIsNotToldIsAdded() {
    Held held = new Held(Digest.sha256(new byte[1]), List.of(new Range(0, 3)));
    Situation some =
        new Circumstances(Situation.UNKNOWN, Optional.of(held), MEASURED, START).situation();
    assertEquals(OptionalLong.of(1000), some.device().storageBytes());
    assertEquals(OptionalDouble.of(2e9), some.device().macsPerSecond());
    assertEquals(OptionalDouble.of(5e8), some.device().modelMacsPerSecond());
    assertEquals(LINK, some.channel());
    assertEquals(Optional.of(held), some.held());
    assertEquals(Situation.UNKNOWN.wanted(), some.wanted());
  }

  @Test
  void whatIsToldStaysUntilTheLinkChanges() {
    Channel lossy =
        new Channel(
            Optional.of(Estimate.of(5e6)),
            Optional.of(Estimate.of(1e6)),
            Optional.of(Estimate.of(0.5)),
            Optional.of(Estimate.of(0.1)),
            Optional.empty());
    Situation told = Situation.UNKNOWN.withChannel(lossy);
    assertEquals(lossy, of(told, START).channel());
    Channel now = of(told, at(1, OptionalDouble.empty(), false, true)).channel();
    assertEquals(LINK.downlinkBitsPerSecond(), now.downlinkBitsPerSecond());
    assertTrue(now.lossRate().isEmpty(), "losses are in the rate of what arrived");
    assertEquals(lossy.uplinkBitsPerSecond(), now.uplinkBitsPerSecond());
    assertEquals(lossy.roundTripSeconds(), now.roundTripSeconds());
  }

  @Test
  void timeThatHasPassedAndBytesThatCameAreTakenOff() {
    Situation told =
        Situation.UNKNOWN
            .withChannel(LINK)
            .withWanted(
                Wanted.BEST
                    .withTimes(OptionalDouble.empty(), OptionalDouble.of(3))
                    .withMaxBytes(OptionalLong.of(1000)));
    Wanted later = of(told, at(1, OptionalDouble.empty(), false, true)).wanted();
    assertEquals(2, later.firstAnswerSeconds().getAsDouble(), 1e-9);
    assertEquals(OptionalLong.of(700), later.maxBytes());
    assertTrue(
        of(told, at(1, OptionalDouble.empty(), true, true)).wanted().firstAnswerSeconds().isEmpty(),
        "the first answer was given");
    Wanted late = of(told, at(99, OptionalDouble.empty(), false, true)).wanted();
    assertTrue(late.firstAnswerSeconds().getAsDouble() > 0);
    Wanted soonest =
        new Circumstances(
                told, Optional.empty(), MEASURED, at(99, OptionalDouble.empty(), false, true))
            .soonest()
            .wanted();
    assertTrue(soonest.firstAnswerSeconds().isEmpty());
    assertEquals(OptionalLong.of(700), soonest.maxBytes());
  }

  @Test
  void onlyWhatCanArriveInTimeIsAskedFor() {
    Wanted wanted = of(Situation.UNKNOWN, at(1, OptionalDouble.of(2.2), false, false)).wanted();
    assertEquals(2e6, (double) wanted.maxBytes().getAsLong(), 1);
    Wanted over = of(Situation.UNKNOWN, at(1, OptionalDouble.of(-5), false, false)).wanted();
    assertEquals(OptionalLong.of(0), over.maxBytes());
    Measured blind =
        new Measured(1000, OptionalDouble.empty(), OptionalDouble.empty(), Channel.UNKNOWN);
    Moment moment = at(1, OptionalDouble.of(2), false, false);
    Situation unknown =
        new Circumstances(Situation.UNKNOWN, Optional.empty(), blind, moment).situation();
    assertTrue(unknown.wanted().maxBytes().isEmpty());
    assertTrue(unknown.device().macsPerSecond().isEmpty());
  }

  @Test
  void aSpeedThatIsToldIsTheModelsToo() {
    Situation told =
        Situation.UNKNOWN.withDevice(Situation.UNKNOWN.device().withMacsPerSecond(1e6));
    assertEquals(told.device().macsPerSecond(), of(told, START).device().macsPerSecond());
    assertTrue(of(told, START).device().modelMacsPerSecond().isEmpty());
  }

  @Test
  void theLesserMemoryCounts() {
    Moment moment = new Moment(0, OptionalDouble.empty(), false, 0, false, OptionalLong.of(50));
    assertEquals(OptionalLong.of(50), of(Situation.UNKNOWN, moment).device().memoryBytes());
    for (long said : new long[] {10, 90}) {
      Situation told =
          Situation.UNKNOWN.withDevice(
              Situation.UNKNOWN.device().withSpace(OptionalLong.empty(), OptionalLong.of(said)));
      assertEquals(Math.min(said, 50), of(told, moment).device().memoryBytes().getAsLong());
    }
  }
}
