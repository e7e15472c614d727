package dev.insitu.forge.integer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class WeightCodesTest {

  @Test
  void noWeightIsFurtherThanHalfAStep() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int axis = 0; axis < 2; axis++) {
      long[] dims = {6, 10};
      float[] values = new float[60];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (random.nextGaussian() * Math.exp(random.nextGaussian()));
      }
      WeightCodes codes = WeightCodes.of(values, dims, axis, false, new float[0], 1);
      float[] rebuilt = codes.values();
      for (int i = 0; i < values.length; i++) {
        float scale = codes.scales()[axis == 0 ? i / 10 : i % 10];
        assertEquals(values[i], rebuilt[i], scale * 0.5001, "seed " + seed);
      }
    }
  }

  @Test
  void sevenBitsStayBelow64() {
    WeightCodes codes =
        WeightCodes.of(new float[] {-2, 0.98f, 2}, new long[] {1, 3}, 0, true, new float[1], 1);
    assertArrayEquals(new byte[] {-63, 31, 63}, codes.codes());
  }

  @Test
  void tinyWeightsLeaveRoomForTheirBias() {
    float[] bias = {5};
    WeightCodes codes = WeightCodes.of(new float[] {1e-12f}, new long[] {1, 1}, 0, false, bias, 1);
    assertTrue(bias[0] / codes.scales()[0] < Integer.MAX_VALUE);
    WeightCodes zeros = WeightCodes.of(new float[2], new long[] {2, 1}, 0, false, new float[2], 1);
    assertArrayEquals(new float[] {1, 1}, zeros.scales());
  }
}
