package dev.insitu.forge;

import dev.insitu.elastic.codec.Steps;

/**
 * Chooses the finest quantiser step of every row.
 *
 * <p>A uniform quantiser with step D leaves an error of about D^2 / 12 a weight for log2(1/D) bits. What a tensor's whole error does to the output is, relative
 * to the tensor's power, about the same for small and for large tensors (0.14 to 0.83 over the layers of a trained ResNet-20), so a small tensor's weights
 * matter more: equal slopes at high rate would ask for D proportional to the spread times the square root of the number of weights. At 2 to 4 bits errors no longer add up, and
 * the fourth root is better: at 3.8 bits it removes two fifths of the output error that equal steps leave, the square root nothing. Rows of one tensor share a step, larger where
 * an outlier would need more than 15 planes; scaling it by the rows' own spread or by the gain of a following normalisation was tried and gave less.
 */
final class StepChooser {

  /**
   * Finest step relative to a tensor's spread. Normal weights then have 1.5 bits each in the base and about 2.75, 3.9, 5, 6, 7 and 8 after each plane, so that with the bytes that are not
   * planes the second and third fit a budget of 3 and 4 bits.
   */
  static final double FINEST = 1.0 / 70;

  private StepChooser() {}

  /**
   * Step codes of all rows.
   *
   * @param stats of the tensor
   * @param relative multiplies the usual step
   */
  static short[] choose(TensorStats stats, double relative) {
    double step = FINEST * relative * stats.spread();
    int code = Steps.nearest(step > 0 ? (float) step : 1f);
    short[] codes = new short[stats.rows()];
    for (int row = 0; row < codes.length; row++) {
      codes[row] = (short) Steps.fit(code, stats.largest(row));
    }
    return codes;
  }
}
