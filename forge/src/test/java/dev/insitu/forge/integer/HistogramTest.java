package dev.insitu.forge.integer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class HistogramTest {

  @Test
  void countsEveryNumberOnceHoweverTheRangeGrows() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    Histogram seen = new Histogram();
    float[] all = new float[0];
    for (int part = 0; part < 20; part++) {
      float[] more = new float[500];
      for (int i = 0; i < more.length; i++) {
        more[i] = (float) (random.nextGaussian() * Math.pow(2, part - 10));
      }
      assertTrue(seen.add(more));
      int before = all.length;
      all = Arrays.copyOf(all, before + more.length);
      System.arraycopy(more, 0, all, before, more.length);
    }
    Arrays.sort(all);
    long counted = 0;
    for (int bin = 0; bin < Histogram.BINS; bin++) {
      counted += seen.count(bin);
    }
    assertEquals(all.length, counted, "seed " + seed);
    assertEquals(all[0], seen.min());
    assertEquals(all[all.length - 1], seen.max());
    for (double share : new double[] {0.01, 0.3, 0.9, 0.999}) {
      double found = seen.quantile(share);
      assertTrue(countUpTo(all, found) >= share * all.length, "seed " + seed);
      assertTrue(countUpTo(all, found - 2 * seen.width()) < share * all.length, "seed " + seed);
    }
  }

  private static long countUpTo(float[] values, double limit) {
    long count = 0;
    for (float value : values) {
      count += value <= limit ? 1 : 0;
    }
    return count;
  }

  @Test
  void refusesWhatIsNoNumber() {
    Histogram seen = new Histogram();
    assertFalse(seen.add(new float[] {1, Float.NaN}));
    assertFalse(seen.add(new float[] {Float.POSITIVE_INFINITY}));
    assertEquals(0, seen.count());
  }

  @Test
  void takesZerosAndTheLargestNumbers() {
    Histogram seen = new Histogram();
    assertTrue(seen.add(new float[] {0, 0, 0}));
    assertEquals(0, seen.max());
    assertTrue(seen.add(new float[] {-Float.MAX_VALUE, Float.MAX_VALUE, Float.MIN_VALUE}));
    assertEquals(6, seen.count());
    assertTrue(seen.add(new float[0]));
  }
}
