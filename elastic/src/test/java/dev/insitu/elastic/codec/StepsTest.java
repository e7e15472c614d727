package dev.insitu.elastic.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class StepsTest {

  @Test
  void valuesHaveThreeBitsOfMantissaAndRiseWithTheCode() {
    assertEquals(0x1p-125f, Steps.value(Steps.MIN));
    assertEquals(1.875f * 0x1p127f, Steps.value(Steps.MAX));
    for (int code = Steps.MIN; code < Steps.MAX; code++) {
      assertTrue(Steps.value(code) < Steps.value(code + 1));
      assertEquals(0, Float.floatToRawIntBits(Steps.value(code)) & 0xfffff);
    }
  }

  @Test
  void refusesCodesOutsideTheFormat() {
    assertThrows(IllegalArgumentException.class, () -> Steps.value(Steps.MIN - 1));
    assertThrows(IllegalArgumentException.class, () -> Steps.value(Steps.MAX + 1));
  }

  @Test
  void nearestAtMostIsTheLargestStepThatFits() {
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      float step = Math.scalb(1 + random.nextFloat(), random.nextInt(250) - 124);
      int code = Steps.nearestAtMost(step);
      assertTrue(Steps.value(code) <= step);
      assertTrue(code == Steps.MAX || Steps.value(code + 1) > step);
    }
  }

  @Test
  void nearestIsAtMostHalfAStepAway() {
    Random random = new Random(2);
    for (int i = 0; i < 10_000; i++) {
      float step = Math.scalb(1 + random.nextFloat(), random.nextInt(250) - 124);
      float distance = Math.abs(Steps.value(Steps.nearest(step)) - step);
      for (int d = -1; d <= 1; d++) {
        int other = Math.max(Steps.MIN, Math.min(Steps.MAX, Steps.nearest(step) + d));
        assertTrue(distance <= Math.abs(Steps.value(other) - step));
      }
    }
  }

  @Test
  void outOfRangeStepsBecomeTheOutermost() {
    assertEquals(Steps.MIN, Steps.nearest(0));
    assertEquals(Steps.MIN, Steps.nearest(Float.MIN_VALUE));
    assertEquals(Steps.MAX, Steps.nearest(Float.MAX_VALUE));
    assertEquals(Steps.MIN, Steps.nearestAtMost(Float.NaN));
  }

  @Test
  void fitKeepsAStepThatFitsAndRaisesOthersAsLittleAsPossible() {
    Random random = new Random(3);
    for (int i = 0; i < 10_000; i++) {
      float max = Math.scalb(1 + random.nextFloat(), random.nextInt(250) - 124);
      int code = Steps.MIN + random.nextInt(1900);
      int fitting = Steps.fit(code, max);
      assertTrue(fits(fitting, max));
      assertTrue(fitting == code || (fitting > code && !fits(fitting - 1, max)));
    }
    assertEquals(500, Steps.fit(500, 0));
  }

  @Test
  void fitRaisesAStepWhoseMultipleIsExactlyTheLimit() {
    int code = Steps.nearest(1f);
    assertEquals(code + 1, Steps.fit(code, 32_768f));
    assertEquals(code, Steps.fit(code, Math.nextDown(32_768f)));
  }

  @Test
  void fitRefusesWhatIsNotFinite() {
    assertThrows(IllegalArgumentException.class, () -> Steps.fit(16, Float.NaN));
    assertThrows(IllegalArgumentException.class, () -> Steps.fit(16, Float.POSITIVE_INFINITY));
  }

  private static boolean fits(int code, float max) {
    return (double) max / Steps.value(code) < Steps.MAGNITUDES;
  }
}
