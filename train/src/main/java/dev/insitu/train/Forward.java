package dev.insitu.train;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * How a graph is run once.
 *
 * @param mode of normalisations and dropout
 * @param gradients whether operations are noted, so that {@link Torch#backward} can follow them
 * @param outputs names of the values wanted, any of the graph's; empty for the graph's outputs
 * @param hooks by a parameter's name what is used in its place, made of it: quantised (see {@link
 *     StraightThrough}), narrowed to a prefix of channels, another array altogether. In training a
 *     batch normalisation updates the statistics that it is handed
 */
public record Forward(
    Mode mode, boolean gradients, List<String> outputs, Map<String, UnaryOperator<NDArray>> hooks) {

  public Forward {
    outputs = List.copyOf(outputs);
    hooks = new LinkedHashMap<>(hooks);
  }

  /** The graph's outputs, with gradients. */
  public static Forward train() {
    return new Forward(Mode.TRAIN, true, List.of(), Map.of());
  }

  /** The graph's outputs as a runtime computes them, without gradients. */
  public static Forward eval() {
    return new Forward(Mode.EVAL, false, List.of(), Map.of());
  }

  /** With or without gradients. */
  public Forward withGradients(boolean noted) {
    return new Forward(mode, noted, outputs, hooks);
  }

  /** Other values wanted. */
  public Forward withOutputs(String... names) {
    return new Forward(mode, gradients, List.of(names), hooks);
  }

  /** One more hook. */
  public Forward withHook(String parameter, UnaryOperator<NDArray> hook) {
    Map<String, UnaryOperator<NDArray>> more = new LinkedHashMap<>(hooks);
    more.put(parameter, hook);
    return new Forward(mode, gradients, outputs, more);
  }
}
