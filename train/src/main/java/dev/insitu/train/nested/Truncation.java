package dev.insitu.train.nested;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.insitu.train.StraightThrough;
import dev.insitu.train.Torch;
import java.util.function.UnaryOperator;

/**
 * Weights as a device has them that lacks bit planes (format, section 3), while gradients go to the
 * weights themselves (straight through, Bengio et al. 2013).
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
    NDManager scope = weights.getManager();
    NDArray exact = weights.abs().mul(Torch.scalar(scope, 1 / bin));
    NDArray bins = exact.floor();
    NDArray significant = bins.clip(0, 1);
    NDArray rho = centroid(exact.sub(bins), significant);
    return bins.add(rho).mul(significant).mul(weights.sign()).mul(Torch.scalar(scope, bin));
  }

  /** Where in its bin a significant weight lies on average, in sixteenths as packages state it. */
  private static NDArray centroid(NDArray part, NDArray significant) {
    NDManager scope = part.getManager();
    NDArray count = significant.sum().add(Torch.scalar(scope, 1e-9));
    NDArray mean = part.mul(significant).sum().div(count);
    NDArray sixteenths = mean.mul(Torch.scalar(scope, SIXTEENTHS)).round().clip(0, MOST);
    return sixteenths.mul(Torch.scalar(scope, 1 / SIXTEENTHS));
  }
}
