package dev.insitu.train.nested;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.insitu.train.StraightThrough;
import java.util.function.UnaryOperator;

/**
 * Weights as a device has them that lacks bit planes (format, section 3), while gradients go to the
 * weights themselves (straight through, Bengio et al. 2013).
 *
 * <p>Seven passes over the weights and four arrays, of which one stays for the gradient: of a large
 * model's step this is a noticeable share.
 */
final class Truncation {

  private static final double SIXTEENTHS = 16;
  private static final double MOST = 15;

  private Truncation() {}

  /**
   * A hook for a tensor.
   *
   * @param step the finest of the tensor, above 0
   * @param level how many planes are missing
   */
  static UnaryOperator<NDArray> at(double step, int level) {
    double bin = step * (1 << level);
    return StraightThrough.of(weights -> values(weights, bin));
  }

  /** Sign times (m + rho) bins, where m is the bin's number; nothing in bin 0. */
  private static NDArray values(NDArray weights, double bin) {
    NDArray part = weights.mul(1 / bin);
    NDArray bins = part.trunc();
    NDArray signs = bins.sign();
    part.subi(bins);
    signs.muli(centroid(part, signs) * bin);
    part.close();
    bins.muli(bin).addi(signs);
    signs.close();
    return bins;
  }

  /** Where in its bin a significant weight lies on average, in sixteenths as packages state it. */
  private static double centroid(NDArray part, NDArray signs) {
    double mean = dot(part, signs) / Math.max(1, dot(signs, signs));
    return Math.clamp(Math.round(SIXTEENTHS * mean), 0, MOST) / SIXTEENTHS;
  }

  private static double dot(NDArray one, NDArray other) {
    try (NDArray a = one.reshape(new Shape(-1));
        NDArray b = other.reshape(new Shape(-1));
        NDArray sum = a.dot(b)) {
      return sum.toFloatArray()[0];
    }
  }
}
