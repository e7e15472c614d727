package dev.insitu.forge;

import dev.insitu.model.width.Permutation;
import java.util.List;
import java.util.Map;

/**
 * What a family's sub-models were trained with, so that they are packed as they were trained.
 *
 * @param steps finest steps by weight, as {@link PlaneSteps} states them; other weights get the
 *     usual ones
 * @param orders for each channel group of the model its channels, the most important first; empty
 *     to find them
 */
public record TrainedWith(Map<String, Float> steps, List<Permutation> orders) {

  /** A model that knows nothing of sub-models. */
  public static final TrainedWith NOTHING = new TrainedWith(Map.of(), List.of());

  public TrainedWith {
    steps = Map.copyOf(steps);
    orders = List.copyOf(orders);
  }
}
