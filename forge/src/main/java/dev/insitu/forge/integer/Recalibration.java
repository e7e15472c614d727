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

  /**
   * Statistics of a normalisation's input, over all positions of all samples.
   *
   * @param mean {@code double[channels]}
   * @param variance {@code double[channels]}
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Moments(double[] mean, double[] variance) {}

  /**
   * Moments from sums.
   *
   * @param sums {@code double[channels]} of the numbers
   * @param squares {@code double[channels]} of their squares
   * @param count numbers per channel, at least 1
   */
  public static Moments moments(double[] sums, double[] squares, long count) {
    double[] mean = new double[sums.length];
    double[] variance = new double[sums.length];
    for (int c = 0; c < mean.length; c++) {
      mean[c] = sums[c] / count;
      variance[c] = Math.max(0, squares[c] / count - mean[c] * mean[c]);
    }
    return new Moments(mean, variance);
  }

  /**
   * Stored statistics moved as far as a change of the model moved them: what samples unlike those
   * that the statistics were learnt from do to both models cancels.
   *
   * @param before measured in the model that the statistics belong to
   * @param after measured on the same samples in the changed model
   */
  public static Moments moved(Moments stored, Moments before, Moments after) {
    double[] mean = new double[stored.mean().length];
    double[] variance = new double[mean.length];
    for (int c = 0; c < mean.length; c++) {
      double wasVariance = before.variance()[c];
      double gain = wasVariance > 0 ? after.variance()[c] / wasVariance : 1;
      mean[c] = after.mean()[c] + (stored.mean()[c] - before.mean()[c]) * Math.sqrt(gain);
      variance[c] = stored.variance()[c] * gain;
    }
    return new Moments(mean, variance);
  }

  /**
   * Statistics between the stored and the measured ones; few samples deserve little trust.
   *
   * @param share of the measured ones, 0 to 1
   */
  public static Moments mixed(Moments stored, Moments measured, double share) {
    double[] mean = new double[stored.mean().length];
    double[] variance = new double[mean.length];
    for (int c = 0; c < mean.length; c++) {
      mean[c] = stored.mean()[c] + share * (measured.mean()[c] - stored.mean()[c]);
      variance[c] = stored.variance()[c] + share * (measured.variance()[c] - stored.variance()[c]);
    }
    return new Moments(mean, variance);
  }
}
