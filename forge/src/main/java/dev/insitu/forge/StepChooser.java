package dev.insitu.forge;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.codec.Steps;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Chooses the finest quantiser step of every row.
 *
 * <p>A uniform quantiser with step D leaves an error of about D^2 / 12 a weight for log2(1/D) bits.
 * What a tensor's whole error does to the output is, relative to the tensor's power, about the same
 * for small and for large tensors (0.14 to 0.83 over the layers of a trained ResNet-20), so a small
 * tensor's weights matter more: equal slopes at high rate would ask for D proportional to the
 * spread times the square root of the number of weights. At 2 to 4 bits errors no longer add up,
 * and the fourth root is better: at 3.8 bits it removes two fifths of the output error that equal
 * steps leave, the square root nothing. Rows of one tensor share a step, larger where an outlier
 * would need more than 15 planes; scaling it by the rows' own spread or by the gain of a following
 * normalisation was tried and gave less.
 */
final class StepChooser {

  /**
   * Finest step relative to a tensor's spread. Normal weights then have 1.5 bits each in the base
   * and about 2.75, 3.9, 5, 6, 7 and 8 after each plane, so that with the bytes that are not planes
   * the second and third fit a budget of 3 and 4 bits.
   */
  static final double FINEST = 1.0 / 70;

  private StepChooser() {}

  /**
   * The code of a tensor's step.
   *
   * @param relative multiplies the usual step
   */
  static int usual(TensorStats stats, double relative) {
    double step = FINEST * relative * stats.spread();
    return Steps.nearest(step > 0 ? (float) step : 1f);
  }

  /**
   * Step codes of a block's rows: the usual one, larger where the row's largest value needs it.
   *
   * @param reference the block's values, from the position on
   * @param largest magnitude in the whole tensor
   */
  static short[] forRows(Block block, ByteBuffer reference, int usual, float largest) {
    short[] codes = new short[block.rows()];
    Arrays.fill(codes, (short) usual);
    if (Steps.fit(usual, largest) == usual) {
      return codes; // as for nearly all tensors
    }
    int rowLength = block.tensor().rowLength();
    float[] values = new float[block.length()];
    Values.read(block.tensor().type(), reference, 0, block.length(), values);
    for (int row = 0; row < codes.length; row++) {
      int end = Math.min(block.length(), (row + 1) * rowLength);
      codes[row] = (short) Steps.fit(usual, Values.largest(values, row * rowLength, end));
    }
    return codes;
  }
}
