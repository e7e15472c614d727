package dev.insitu.forge.integer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
}
