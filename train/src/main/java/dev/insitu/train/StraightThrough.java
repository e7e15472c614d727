package dev.insitu.train;

import ai.djl.ndarray.NDArray;
import java.util.function.UnaryOperator;

/**
 * Functions whose value is used going forward and which count as the identity going back, as the
 * steps of a quantiser have no useful gradient (Bengio et al. 2013, straight-through estimator).
 */
public final class StraightThrough {

  private StraightThrough() {}

  /**
   * A hook for {@link Forward}.
   *
   * @param function made of arrays of its argument's manager; keeps the shape
   */
  public static UnaryOperator<NDArray> of(UnaryOperator<NDArray> function) {
    return array -> {
      NDArray plain = array.stopGradient();
      NDArray change = function.apply(plain).sub(plain).stopGradient();
      return array.add(change);
    };
  }
}
