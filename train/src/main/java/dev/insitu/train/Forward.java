package dev.insitu.train;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 * @param moments what reaches batch normalisations in a reference model, noted or followed
 */
public record Forward(
    Mode mode,
    boolean gradients,
    List<String> outputs,
    Map<String, UnaryOperator<NDArray>> hooks,
    Optional<Moments> moments) {

  /**
   * What is done with the moments of a reference.
   *
   * @param noted whether this is the reference; a model that follows it otherwise
   */
  public record Moments(ReferenceMoments reference, boolean noted) {}

  public Forward {
    outputs = List.copyOf(outputs);
    hooks = new LinkedHashMap<>(hooks);
  }

  /** The graph's outputs, with gradients. */
  public static Forward train() {
    return new Forward(Mode.TRAIN, true, List.of(), Map.of(), Optional.empty());
  }

  /** The graph's outputs as a runtime computes them, without gradients. */
  public static Forward eval() {
    return new Forward(Mode.EVAL, false, List.of(), Map.of(), Optional.empty());
  }

  /** With or without gradients. */
  public Forward withGradients(boolean noted) {
    return new Forward(mode, noted, outputs, hooks, moments);
  }

  /** Other values wanted. */
  public Forward withOutputs(String... names) {
    return new Forward(mode, gradients, List.of(names), hooks, moments);
  }

  /** One more hook. */
  public Forward withHook(String parameter, UnaryOperator<NDArray> hook) {
    Map<String, UnaryOperator<NDArray>> more = new LinkedHashMap<>(hooks);
    more.put(parameter, hook);
    return new Forward(mode, gradients, outputs, more, moments);
  }

  /** With what reaches batch normalisations noted. */
  public Forward noting(ReferenceMoments reference) {
    return with(new Moments(reference, true));
  }

  /** With statistics of batch normalisations that follow a reference on the same batch. */
  public Forward following(ReferenceMoments reference) {
    return with(new Moments(reference, false));
  }

  private Forward with(Moments some) {
    return new Forward(mode, gradients, outputs, hooks, Optional.of(some));
  }
}
