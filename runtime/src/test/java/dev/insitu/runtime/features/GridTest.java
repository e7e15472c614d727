package dev.insitu.runtime.features;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.codec.Steps;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GridTest {

  private static float[] values(int count, java.util.function.DoubleSupplier source) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) source.getAsDouble();
    }
    return values;
  }

  @Test
  void noValueIsFartherAwayThanHalfAStep() {
    Random random = new Random(4);
    for (int round = 0; round < 200; round++) {
      double scale = Math.pow(10, random.nextInt(60) - 30);
      double shift = random.nextInt(3) * 20 * scale * random.nextGaussian();
      float[] values = values(300, () -> shift + scale * random.nextGaussian());
      int bits = 1 + random.nextInt(12);
      Grid grid = Grid.of(values, bits);
      for (float value : values) {
        double apart = Math.abs((double) value - grid.value(grid.code(value)));
        assertTrue(
            apart <= 0.5001 * Steps.value(grid.step()) + Math.ulp(value),
            value + " with " + bits + " bits, scale " + scale + ", shift " + shift);
      }
    }
  }

  @Test
  void zeroStaysZeroWhereverItIsNear() {
    Random random = new Random(5);
    for (int bits = 1; bits <= 8; bits++) {
      assertEquals(0, Grid.of(values(50, random::nextGaussian), bits).code(0));
      assertEquals(0, Grid.of(values(50, random::nextDouble), bits).code(0));
      assertEquals(0, Grid.of(values(50, () -> -random.nextDouble()), bits).code(0));
      assertEquals(0, Grid.of(new float[4], bits).code(0));
    }
  }

  @Test
  void valuesFarFromZeroAreCountedFromWhereTheyAre() {
    Random random = new Random(6);
    Grid grid = Grid.of(values(500, () -> 1000 + random.nextDouble()), 4);
    assertEquals(1000, grid.value(0), 0.1);
    assertTrue(grid.code(1001f) <= 17);
    assertEquals(-7.25f, Grid.of(values(9, () -> -7.25), 2).value(0), 1e-5);
  }

  @Test
  void moreBitsAreAFinerGrid() {
    Random random = new Random(7);
    float[] values = values(2000, () -> Math.max(0, random.nextGaussian()));
    for (int bits = 2; bits <= 12; bits++) {
      float coarse = Steps.value(Grid.of(values, bits - 1).step());
      assertTrue(Steps.value(Grid.of(values, bits).step()) < 0.8 * coarse, bits + " bits");
    }
  }

  @Test
  void theLargestFloatsAreCodedToo() {
    float[] values = {Float.MAX_VALUE, -Float.MAX_VALUE, 0, Float.MIN_VALUE};
    Grid grid = Grid.of(values, 8);
    assertEquals(0, grid.code(Float.MIN_VALUE));
    float largest = Math.min(Float.MAX_VALUE, grid.value(grid.code(Float.MAX_VALUE)));
    assertEquals(1, largest / Float.MAX_VALUE, 0.01);
    Grid small = Grid.of(new float[] {Float.MIN_VALUE}, 8);
    assertTrue(Math.abs(small.value(small.code(Float.MIN_VALUE))) < 1e-37);
  }
}
