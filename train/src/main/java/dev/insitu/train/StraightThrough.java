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
   * @param function makes a new array of its argument's manager and shape, which is then changed
   */
  public static UnaryOperator<NDArray> of(UnaryOperator<NDArray> function) {
    return array -> {
      NDArray change =
          Torch.recording(
              false,
              () -> {
                NDArray plain = array.stopGradient();
                return function.apply(plain).subi(plain);
              });
      return array.add(change);
    };
  }
}
