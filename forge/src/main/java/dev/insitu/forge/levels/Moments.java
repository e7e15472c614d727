package dev.insitu.forge.levels;

/**
 * Statistics of a normalisation's input, over all positions of all samples.
 *
 * @param mean {@code double[channels]}
 * @param variance {@code double[channels]}
 */
@SuppressWarnings("ArrayRecordComponent")
record Moments(double[] mean, double[] variance) {

  /** Added to variances, so that channels that never vary divide nothing. */
  static final double LEAST_VARIANCE = 1e-12;

  /** A variance is taken to have grown or shrunk by no more. */
  static final double MOST_GAIN = 64;

  /**
   * These statistics, moved as far as a change of the model moved them: what samples unlike those
   * that the statistics were learnt from do to both models cancels.
   *
   * @param before measured in the model that the statistics belong to
   * @param after measured on the same samples in the changed model
   */
  Moments moved(Moments before, Moments after) {
    double[] newMean = new double[mean.length];
    double[] newVariance = new double[mean.length];
    for (int c = 0; c < mean.length; c++) {
      double change = (after.variance[c] + LEAST_VARIANCE) / (before.variance[c] + LEAST_VARIANCE);
      double gain = Math.clamp(change, 1 / MOST_GAIN, MOST_GAIN);
      newMean[c] = after.mean[c] + (mean[c] - before.mean[c]) * Math.sqrt(gain);
      newVariance[c] = variance[c] * gain;
    }
    return new Moments(newMean, newVariance);
  }
}
