package dev.insitu.benchmarks.planning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;

class FluidChannelTest {

  private static final FluidChannel STEPS = FluidChannel.of(80, 0, 160); // 30 bytes in 3 s

  @Test
  void bytesArriveWhenTheRateHasBroughtThem() {
    assertEquals(0.5, STEPS.arrival(0, 5), 1e-12);
    assertEquals(1, STEPS.arrival(0, 10), 1e-12);
    assertEquals(2.5, STEPS.arrival(0, 20), 1e-12);
    assertEquals(3, STEPS.arrival(0, 30), 1e-12);
    assertEquals(4, STEPS.arrival(0, 40), 1e-12);
    assertEquals(2.05, STEPS.arrival(1.3, 1), 1e-12);
    assertEquals(1.3, STEPS.arrival(1.3, 0), 1e-12);
    assertEquals(300.5, STEPS.arrival(0, 3005), 1e-9);
    assertEquals(1, FluidChannel.of(8, 0).arrival(0, 1), 1e-12);
  }

  @Test
  void meansAreOfWhatComes() {
    assertEquals(80, STEPS.mean(), 1e-12);
    assertEquals(40, STEPS.meanBetween(0, 2), 1e-12);
    assertEquals(80, STEPS.meanBetween(1.5, 4.5), 1e-12);
    assertEquals(800, STEPS.scaledTo(800).mean(), 1e-9);
    assertEquals(3, STEPS.scaledTo(800).period());
  }

  @Test
  void arrivalsAreThoseOfSmallSteps() {
    Random random = new Random(5);
    for (int round = 0; round < 50; round++) {
      double[] rates = new double[1 + random.nextInt(6)];
      for (int i = 0; i < rates.length; i++) {
        rates[i] = random.nextInt(3) == 0 ? 0 : random.nextDouble() * 1000;
      }
      rates[0] += 1;
      FluidChannel channel = FluidChannel.of(rates);
      double from = random.nextDouble() * 2 * rates.length;
      double bytes = random.nextDouble() * 500;
      double step = 1e-4;
      double left = 8 * bytes;
      double now = from;
      while (left > 0) {
        left -= step * rates[(int) (now % rates.length)];
        now += step;
      }
      String what = "round " + round;
      assertEquals(now, channel.arrival(from, bytes), 3e-4 * (1 + now), what);
      assertEquals(
          8 * bytes,
          channel.bitsUntil(channel.arrival(from, bytes)) - channel.bitsUntil(from),
          1e-6,
          what);
    }
  }

  @Test
  void channelsThatBringNothingAreRefused() {
    assertThrows(IllegalArgumentException.class, FluidChannel::of);
    assertThrows(IllegalArgumentException.class, () -> FluidChannel.of(0, 0));
    assertThrows(IllegalArgumentException.class, () -> FluidChannel.of(1, -1));
    assertThrows(IllegalArgumentException.class, () -> FluidChannel.of(1, Double.NaN));
  }
}
