package dev.insitu.train;

import ai.djl.ndarray.NDManager;

/**
 * What one step is about: runs graphs on a batch and sends the loss back.
 *
 * <p>An objective may run several sub-models of shared parameters and send each one's loss back by
 * itself, in a scope of its own: gradients add up.
 */
@FunctionalInterface
public interface Objective {

  /**
   * Adds the gradients of a batch, by {@link Torch#backward}.
   *
   * @param scope for whatever is made; closed after the step
   * @param step counted from 0
   * @return the loss
   */
  double accumulate(NDManager scope, Batch batch, int step);

  /** What must be the same besides the recipe for a checkpoint to be gone on from. */
  default String fingerprint() {
    return "";
  }
}
