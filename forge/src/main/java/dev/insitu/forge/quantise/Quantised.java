package dev.insitu.forge.quantise;

/**
 * Weights after a quantiser.
 *
 * @param codes what is stored of each weight, or of each group of weights
 * @param side scales, steps or the codebook
 * @param values the rebuilt weights, in the order of the originals
 * @param bits size of codes and side information together, compressed
 */
@SuppressWarnings("ArrayRecordComponent")
public record Quantised(int[] codes, float[] side, float[] values, long bits) {

  /** Mean squared difference from the originals. */
  public double meanSquaredError(Weights originals) {
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      double difference = (double) values[i] - originals.values()[i];
      sum += difference * difference;
    }
    return sum / values.length;
  }
}
