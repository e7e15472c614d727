package dev.insitu.forge.integer;

import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * How a model is made integer.
 *
 * @param clipping how ranges follow from what is seen
 * @param activations the integers of activations
 * @param reducedWeights weights of 7 bits, for x86 processors without VNNI, whose 8-bit products
 *     saturate
 * @param correctBiases whether the mean error of each channel is taken from its bias
 * @param keepFloat layers that stay float, by the name of their weights, node or output
 * @param keepWorst how many more layers stay float: those that alone cost most
 */
public record IntegerOptions(
    Clipping clipping,
    CodeType activations,
    boolean reducedWeights,
    boolean correctBiases,
    Set<String> keepFloat,
    int keepWorst) {

  public IntegerOptions {
    Objects.requireNonNull(clipping);
    Objects.requireNonNull(activations);
    keepFloat = Set.copyOf(keepFloat);
    if (keepWorst < 0) {
      throw new IntegerException(
          keepWorst + " layers were asked to stay float; 0 or more are possible.");
    }
  }

  /** What does best on average. */
  public static IntegerOptions defaults() {
    return new IntegerOptions(Clipping.SQUARED_ERROR, CodeType.UINT8, false, true, Set.of(), 0);
  }

  /** With ranges from this. */
  public IntegerOptions withClipping(Clipping some) {
    return new IntegerOptions(
        some, activations, reducedWeights, correctBiases, keepFloat, keepWorst);
  }

  /** With activations of this type. */
  public IntegerOptions withActivations(CodeType some) {
    return new IntegerOptions(clipping, some, reducedWeights, correctBiases, keepFloat, keepWorst);
  }

  /** With weights of 7 bits or not. */
  public IntegerOptions withReducedWeights(boolean some) {
    return new IntegerOptions(clipping, activations, some, correctBiases, keepFloat, keepWorst);
  }

  /** With biases corrected or not. */
  public IntegerOptions withCorrectedBiases(boolean some) {
    return new IntegerOptions(clipping, activations, reducedWeights, some, keepFloat, keepWorst);
  }

  /** With these layers left float. */
  public IntegerOptions withFloat(Set<String> layers) {
    return new IntegerOptions(
        clipping, activations, reducedWeights, correctBiases, layers, keepWorst);
  }

  /** With so many more layers left float. */
  public IntegerOptions withWorstFloat(int layers) {
    return new IntegerOptions(
        clipping, activations, reducedWeights, correctBiases, keepFloat, layers);
  }

  /** With these layers left float beside the others. */
  IntegerOptions withMoreFloat(Set<String> layers) {
    Set<String> all = new TreeSet<>(keepFloat);
    all.addAll(layers);
    return withFloat(all);
  }

  /** A layer's weights in codes. */
  WeightCodes codes(Layer layer, float[] bias, float inputScale) {
    return WeightCodes.of(
        layer.weights(), layer.dims(), layer.axis(), reducedWeights, bias, inputScale);
  }
}
