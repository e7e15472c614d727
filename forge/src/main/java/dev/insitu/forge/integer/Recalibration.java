package dev.insitu.forge.integer;

/** Calibration without training, as pure functions of what was measured. */
public final class Recalibration {

  private Recalibration() {}

  /**
   * A bias without a layer's mean error (M. Nagel et al., Data-free quantization through weight
   * equalization and bias correction, 2019).
   *
   * @param bias {@code float[channels]}
   * @param meanShift {@code double[channels]}: mean of the quantised layer's output minus the float
   *     layer's
   * @return a new array
   */
  public static float[] correctedBias(float[] bias, double[] meanShift) {
    if (bias.length != meanShift.length) {
      throw new IllegalArgumentException(bias.length + " biases, " + meanShift.length + " shifts");
    }
    float[] corrected = new float[bias.length];
    for (int c = 0; c < corrected.length; c++) {
      corrected[c] = (float) (bias[c] - meanShift[c]);
    }
    return corrected;
  }
}
