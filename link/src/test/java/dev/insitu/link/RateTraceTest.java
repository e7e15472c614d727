package dev.insitu.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RateTraceTest {
  private static final long MILLI = 1_000_000;

  @Test
  void sendsAtAConstantRateExactly() {
    RateTrace trace = RateTrace.constant(8_000_000);

    assertEquals(MILLI, trace.nanosToSend(0, 8_000));
    assertEquals(MILLI, trace.nanosToSend(Duration.ofHours(5).toNanos() - 7, 8_000));
    assertEquals(0, trace.nanosToSend(3, 0));
  }

  @Test
  void roundsUpToWholeNanoseconds() {
    RateTrace trace = RateTrace.constant(3_000_000_000L);

    assertEquals(1, trace.nanosToSend(0, 1));
    assertEquals(1, trace.nanosToSend(0, 3));
    assertEquals(2, trace.nanosToSend(0, 4));
  }

  @Test
  void carriesWorkOverSteps() {
    RateTrace trace = RateTrace.of(List.of(step(10, 1_000_000), step(10, 2_000_000)));

    // 10,000 bits in the first step, 5,000 in a quarter of the second.
    assertEquals(10 * MILLI + 5 * MILLI / 2, trace.nanosToSend(0, 15_000));
    assertEquals(1_000_000, trace.bitsPerSecondAt(10 * MILLI - 1));
    assertEquals(2_000_000, trace.bitsPerSecondAt(10 * MILLI));
    assertEquals(1_500_000, trace.averageBitsPerSecond());
  }

  @Test
  void waitsForTheEndOfAnOutage() {
    RateTrace trace = RateTrace.of(List.of(step(10, 1_000_000), step(90, 0)));

    assertEquals(10 * MILLI, trace.nanosToSend(0, 10_000));
    assertEquals(100 * MILLI + MILLI, trace.nanosToSend(0, 11_000));
    assertEquals(50 * MILLI + MILLI, trace.nanosToSend(50 * MILLI, 1_000));
  }

  @Test
  void beginsAgainAfterTheLastStep() {
    RateTrace trace = RateTrace.of(List.of(step(10, 1_000_000), step(10, 3_000_000)));

    assertEquals(Duration.ofMillis(20), trace.period());
    assertEquals(3_000_000, trace.bitsPerSecondAt(20 * MILLI * 1_000_000 + 15 * MILLI));
    assertEquals(20 * MILLI, trace.nanosToSend(15 * MILLI, 40_000));
    assertEquals(200 * MILLI, trace.nanosToSend(7 * MILLI, 400_000));
  }

  @Test
  void sendsTheSameWholeOrInPieces() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 200; round++) {
      RateTrace trace = random(random);
      long start = random.nextLong(1_000_000_000);
      int pieces = random.nextInt(1, 20);
      long total = 0;
      long end = start;
      for (int i = 0; i < pieces; i++) {
        long bits = random.nextLong(1, 20_000);
        total += bits;
        end += trace.nanosToSend(end, bits);
      }
      // Each piece rounds up and so wastes less than a nanosecond at the peak rate.
      long wasted = pieces * trace.peakBitsPerSecond() / 1_000_000_000 + 1;
      long whole = trace.nanosToSend(start, total);
      long late = trace.nanosToSend(start, total + wasted);
      assertTrue(whole <= end - start && end - start <= late, "seed " + seed + " round " + round);
    }
  }

  @Test
  void refusesWhatNeverSendsOrIsOutOfRange() {
    assertThrows(IllegalArgumentException.class, () -> RateTrace.of(List.of()));
    assertThrows(IllegalArgumentException.class, () -> RateTrace.of(List.of(step(10, 0))));
    assertThrows(IllegalArgumentException.class, () -> step(0, 1_000_000));
    assertThrows(IllegalArgumentException.class, () -> step(-1, 1_000_000));
    assertThrows(IllegalArgumentException.class, () -> step(10, -1));
    assertThrows(IllegalArgumentException.class, () -> step(10, RateTrace.MAX_BITS_PER_SECOND + 1));
    Throwable slow = assertThrows(IllegalArgumentException.class, () -> RateTrace.constant(20));
    assertTrue(String.valueOf(slow.getMessage()).contains("Maybe"), slow::toString);
  }

  private static RateTrace random(SplittableRandom random) {
    List<RateTrace.Step> steps = new ArrayList<>();
    steps.add(step(random.nextInt(1, 50), random.nextLong(1_000_000, 100_000_000)));
    for (int i = random.nextInt(6); i > 0; i--) {
      long rate = random.nextBoolean() ? 0 : random.nextLong(1_000_000, 100_000_000);
      steps.add(step(random.nextInt(1, 50), rate));
    }
    return RateTrace.of(steps);
  }

  private static RateTrace.Step step(int millis, long bitsPerSecond) {
    return new RateTrace.Step(Duration.ofMillis(millis), bitsPerSecond);
  }
}
