package dev.insitu.elastic.plan;

import dev.insitu.elastic.plan.ExitPolicy.Measure;

/**
 * How sure a classifier is of an answer. Values that are probabilities already (none negative, sum
 * 1) are taken as they are, others as logits whose softmax is.
 */
public final class Sureness {

  private static final double SUM_TOLERANCE = 1e-3;

  private Sureness() {}

  /**
   * The measure of one sample's scores, 0..1; NaN, which is never sure, if there are fewer than two
   * or one of them is no number.
   *
   * @param scores a value for each class
   */
  public static double of(Measure measure, float... scores) {
    double[] shares = probabilities(scores);
    if (shares.length < 2) {
      return Double.NaN;
    }
    return measure == Measure.CONFIDENCE ? largest(shares) : entropy(shares);
  }

  private static double[] probabilities(float... scores) {
    double sum = 0;
    boolean negative = false;
    float most = Float.NEGATIVE_INFINITY;
    for (float score : scores) {
      if (!(Math.abs(score) <= Float.MAX_VALUE)) {
        return new double[0]; // NaN or infinite
      }
      sum += score;
      negative |= score < 0;
      most = Math.max(most, score);
    }
    double[] shares = new double[scores.length];
    if (!negative && Math.abs(sum - 1) <= SUM_TOLERANCE) {
      for (int i = 0; i < shares.length; i++) {
        shares[i] = scores[i] / sum;
      }
      return shares;
    }
    double total = 0;
    for (int i = 0; i < shares.length; i++) {
      shares[i] = Math.exp((double) scores[i] - most);
      total += shares[i];
    }
    for (int i = 0; i < shares.length; i++) {
      shares[i] /= total;
    }
    return shares;
  }

  private static double largest(double... shares) {
    double largest = 0;
    for (double share : shares) {
      largest = Math.max(largest, share);
    }
    return largest;
  }

  private static double entropy(double... shares) {
    double entropy = 0;
    for (double share : shares) {
      entropy -= share > 0 ? share * Math.log(share) : 0;
    }
    return Math.max(0, entropy / Math.log(shares.length));
  }
}
