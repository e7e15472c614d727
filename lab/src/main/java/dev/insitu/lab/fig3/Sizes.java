package dev.insitu.lab.fig3;

import dev.insitu.model.OnnxModel;
import java.nio.file.Path;

/** Bytes of models that are sent without a package. */
final class Sizes {

  private static final double BITS = Byte.SIZE;

  private Sizes() {}

  /** All parameters in float32. */
  static long float32(Path model) {
    try (OnnxModel opened = OnnxModel.open(model)) {
      return Float.BYTES * opened.parameterCount();
    }
  }

  /**
   * Some of a tensor's weights in float32, and which ones they are at the best rate that a code
   * without memory can have (the entropy of a share of ones).
   *
   * @param kept how many
   * @param all of how many
   */
  static double sparse(long kept, long all) {
    return Float.BYTES * (double) kept + all * entropy((double) kept / Math.max(1, all)) / BITS;
  }

  /** Bits for each of many yes or no, a share of which are yes. */
  static double entropy(double share) {
    return share <= 0 || share >= 1 ? 0 : -(share * log2(share) + (1 - share) * log2(1 - share));
  }

  private static double log2(double value) {
    return Math.log(value) / Math.log(2);
  }
}
