package dev.insitu.elastic.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The kernel against the definition: the largest m with m * step at most the magnitude. */
class QuantizeTest {

  private final Random random = new Random(8);

  private static void check(float[] weights, float[] steps) {
    char[] codes = new char[weights.length];
    int seen = Quantize.floats(weights, steps, weights.length, codes);
    int expectedSeen = 0;
    for (int i = 0; i < weights.length; i++) {
      int code = codes[i] & (Steps.MAGNITUDES - 1);
      double magnitude = Math.abs(weights[i]);
      // A step has four bits, so these products are exact.
      assertTrue((double) code * steps[i] <= magnitude, weights[i] + " / " + steps[i]);
      assertTrue((code + 1.0) * steps[i] > magnitude, weights[i] + " / " + steps[i]);
      assertEquals(Float.floatToRawIntBits(weights[i]) >>> 31, codes[i] >> 15);
      expectedSeen |= code;
    }
    assertEquals(expectedSeen, seen);
  }

  @Test
  void codesAreExactAroundEveryMultipleOfTheStep() {
    for (int mantissa = 0; mantissa < 8; mantissa++) {
      float step = Steps.value(8 * (100 + random.nextInt(50)) + mantissa);
      float[] steps = new float[3 * 32_767];
      Arrays.fill(steps, step);
      float[] weights = new float[steps.length];
      for (int m = 1; m < 32_768; m++) {
        float multiple = m * step;
        weights[3 * m - 3] = Math.nextDown(multiple);
        weights[3 * m - 2] = -multiple;
        weights[3 * m - 1] = Math.nextUp(multiple);
      }
      check(weights, steps);
    }
  }

  @Test
  void codesAreExactForRandomWeights() {
    float[] weights = new float[100_000];
    float[] steps = new float[weights.length];
    for (int i = 0; i < weights.length; i++) {
      steps[i] = Steps.value(Steps.MIN + random.nextInt(1900));
      weights[i] = (float) (random.nextGaussian() * steps[i] * Math.exp(9 * random.nextDouble()));
      weights[i] = Math.max(-32_000 * steps[i], Math.min(32_000 * steps[i], weights[i]));
    }
    check(weights, steps);
  }

  @Test
  void zerosAndSubnormalsHaveCodeZeroAndKeepTheirSign() {
    float[] weights = {0f, -0f, Float.MIN_VALUE, -Float.MIN_VALUE, 0x1p-126f, -0x1p-126f};
    float[] steps = new float[weights.length];
    Arrays.fill(steps, Steps.value(Steps.MIN));
    check(weights, steps);
  }

  @Test
  void integersAreDifferencesFromTheZeroPoint() {
    int[] weights = {0, 255, 128, 127};
    char[] codes = new char[4];
    assertEquals(0x80 | 127 | 1, Quantize.ints(weights, 128, 4, codes));
    assertEquals(0x8000 | 128, codes[0]);
    assertEquals(127, codes[1]);
    assertEquals(0, codes[2]);
    assertEquals(0x8001, codes[3]);
  }
}
