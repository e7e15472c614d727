package dev.insitu.forge;

import dev.insitu.elastic.Coding;
import dev.insitu.elastic.TensorSpec;
import dev.insitu.elastic.codec.BlockCodes;

/** How much of a block's squared error each group takes away. */
final class ErrorRemoved {

  private ErrorRemoved() {}

  /**
   * By group, 0..levels + 1. Of blocks without planes zeros: their bytes, scales and biases stand
   * in the base, which comes first anyway, and what the lossless group adds is below notice.
   *
   * @param levels the package's refinements
   */
  static double[] byGroup(TensorSpec spec, BlockCodes codes, int levels) {
    return spec.coding() == Coding.PLANES
        ? byGroup(codes.squaredErrors(null), spec.refinements(), levels)
        : new double[levels + 2];
  }

  /**
   * By group, of a block with planes.
   *
   * @param errors [refinements + 2]: with l planes missing, l from 0 on; the last with nothing
   *     there
   */
  static double[] byGroup(double[] errors, int refinements, int levels) {
    double[] removed = new double[levels + 2];
    removed[0] = errors[refinements + 1] - errors[refinements];
    for (int group = 1; group <= levels; group++) {
      int missing = levels - group; // planes that are still missing after this group
      removed[group] = missing < refinements ? errors[missing + 1] - errors[missing] : 0;
    }
    removed[levels + 1] = errors[0];
    return removed;
  }
}
