package dev.insitu.forge.integer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.insitu.forge.integer.Recalibration.Moments;
import org.junit.jupiter.api.Test;

final class RecalibrationTest {

  @Test
  void theMeanErrorIsTakenFromTheBias() {
    float[] bias = {1, -2};
    assertArrayEquals(
        new float[] {0.5f, -1.75f}, Recalibration.correctedBias(bias, new double[] {0.5, -0.25}));
    assertArrayEquals(new float[] {1, -2}, bias);
    assertThrows(
        IllegalArgumentException.class, () -> Recalibration.correctedBias(bias, new double[1]));
  }

  @Test
  void momentsFollowFromSums() {
    Moments moments = Recalibration.moments(new double[] {6}, new double[] {20}, 2);
    assertArrayEquals(new double[] {3}, moments.mean());
    assertArrayEquals(new double[] {1}, moments.variance());
    Moments mixed =
        Recalibration.mixed(new Moments(new double[] {0}, new double[] {3}), moments, 0.25);
    assertArrayEquals(new double[] {0.75}, mixed.mean());
    assertArrayEquals(new double[] {2.5}, mixed.variance());
  }
}
