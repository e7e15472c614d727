package dev.insitu.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.device.ChangeDetector.Change;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChangeDetectorTest {

  private static final int MOST_TO_DETECT = 20; // samples, of a change by a factor of 2

  private static double noisy(double level, double spread, Random random) {
    return level * Math.exp(spread * random.nextGaussian());
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1, 0.3, 0.6, 1.2})
  void aStationaryRateGivesFewFalseAlarms(double spread) {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    int samples = 400_000;
    int alarms = 0;
    ChangeDetector detector = new ChangeDetector();
    for (int i = 0; i < samples; i++) {
      alarms += detector.add(noisy(1e6, spread, random)).isPresent() ? 1 : 0;
      if (random.nextInt(2000) == 0) {
        detector = new ChangeDetector(); // transfers begin anew again and again
      }
    }
    int most = samples / ChangeDetector.FALSE_ALARM_SAMPLES;
    assertTrue(alarms <= most, alarms + " alarms, spread " + spread + ", seed " + seed);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.05, 0.15, 0.3})
  void aChangeByTwoIsFoundSoonAndMeasured(double spread) {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    int runs = 2000;
    int found = 0;
    double off = 0;
    for (int run = 0; run < runs; run++) {
      ChangeDetector detector = new ChangeDetector();
      double before = Math.exp(2 + 18 * random.nextDouble());
      for (int i = 0; i < 20 + random.nextInt(400); i++) {
        detector.add(noisy(before, spread, random));
      }
      double after = random.nextBoolean() ? 2 * before : before / 2;
      Optional<Change> change = Optional.empty();
      for (int i = 0; i < MOST_TO_DETECT && change.isEmpty(); i++) {
        change = detector.add(noisy(after, spread, random));
      }
      if (change.isPresent() && change.get().after() > change.get().before() == after > before) {
        found++;
        off += Math.abs(Math.log(change.get().after() / after));
      }
    }
    assertTrue(
        found >= 0.98 * runs, found + " of " + runs + ", spread " + spread + ", seed " + seed);
    assertTrue(off / found < 0.2, off / found + " off, spread " + spread + ", seed " + seed);
  }

  @Test
  void afterAChangeTheNewLevelIsTheUsualOne() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    ChangeDetector detector = new ChangeDetector();
    double[] levels = {1e6, 1e5, 1e6, 3e5};
    int alarms = 0;
    for (double level : levels) {
      for (int i = 0; i < 200; i++) {
        alarms += detector.add(noisy(level, 0.2, random)).isPresent() ? 1 : 0;
      }
    }
    assertEquals(3, alarms, "seed " + seed);
  }

  @Test
  void oneSampleIsNoChangeAndADeadLinkIsOne() {
    ChangeDetector detector = new ChangeDetector();
    for (int i = 0; i < 100; i++) {
      assertEquals(Optional.empty(), detector.add(i % 20 == 19 ? 0 : 1e6), "sample " + i);
    }
    int needed = 1;
    while (detector.add(0).isEmpty()) {
      needed++;
    }
    assertTrue(needed <= MOST_TO_DETECT, needed + " samples");
  }

  @Test
  void aSmallChangeIsNone() {
    ChangeDetector detector = new ChangeDetector();
    for (int i = 0; i < 2000; i++) {
      double level = i / 500 % 2 == 0 ? 1e6 : 1.15e6;
      assertEquals(Optional.empty(), detector.add(level), "sample " + i);
    }
  }

  @Test
  void numbersThatAreNoRatesDoNoHarm() {
    ChangeDetector detector = new ChangeDetector();
    for (double rate : new double[] {-5, 0, Double.MIN_VALUE, 1e300, Double.MAX_VALUE}) {
      for (int i = 0; i < 50; i++) {
        detector
            .add(rate)
            .ifPresent(change -> assertTrue(change.after() > 0 && Double.isFinite(change.after())));
      }
    }
  }
}
