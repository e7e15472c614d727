package dev.insitu.model.width;

/** Finds the values, gradients or the like of weights. */
@FunctionalInterface
public interface Tensors {

  /**
   * The tensor of a weight.
   *
   * @param weight its name, as in {@link Slot#weight()}
   */
  Tensor of(String weight);
}
