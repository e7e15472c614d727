package dev.insitu.train.nested;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.insitu.forge.PlaneSteps;
import dev.insitu.train.Parameters;
import dev.insitu.train.Torch;
import java.util.Map;

/**
 * What the bits of a family cost: a smooth stand-in for the length of its codes, log2(1 + |w| / D)
 * a weight with D half the coarsest bin. Its pull is strongest on weights that are nearly nothing,
 * so they leave the coarse models first.
 */
final class BitPrice {

  private static final double LOG2 = Math.log(2);

  private final Map<String, Float> steps;
  private final double price;

  /**
   * @param steps finest step of each tensor in planes
   * @param price what a bit a weight, the mean over all weights, adds to the loss
   */
  BitPrice(Map<String, Float> steps, double price) {
    this.steps = Map.copyOf(steps);
    this.price = price;
  }

  /** Adds the gradients of the price; returns the price. */
  double charge(NDManager scope, Parameters weights) {
    if (price == 0) {
      return 0;
    }
    double count = steps.keySet().stream().mapToLong(t -> weights.get(t).array().size()).sum();
    double sum = 0;
    for (Map.Entry<String, Float> tensor : steps.entrySet()) {
      double bin = tensor.getValue() * (1 << PlaneSteps.LEVELS) / 2;
      try (NDManager own = scope.newSubManager()) {
        NDArray values = Torch.alias(weights.get(tensor.getKey()).array(), own);
        sum +=
            Torch.backward(() -> {
              NDArray bins = values.abs().mul(Torch.scalar(own, 1 / bin));
              NDArray logs = bins.add(Torch.scalar(own, 1)).log().sum();
              return logs.mul(Torch.scalar(own, price / LOG2 / count));
            });
      }
    }
    return sum;
  }
}
