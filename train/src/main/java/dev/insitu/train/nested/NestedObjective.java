package dev.insitu.train.nested;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.insitu.train.Batch;
import dev.insitu.train.Forward;
import dev.insitu.train.Losses;
import dev.insitu.train.Objective;
import dev.insitu.train.Torch;
import dev.insitu.train.TrainableGraph;
import dev.insitu.train.TrainingRecipe;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * The sandwich rule (Yu and Huang 2019) for bit planes: in each step the whole model, the one with
 * the fewest planes and one between learn what the root answers, and labels where they are known.
 * Between means a prefix of the canonical order, in which some tensors have a plane more than
 * others: which ones is drawn anew each time.
 *
 * <p>Normalisations keep the root's statistics: they are shared by all sub-models, as in the
 * package.
 */
final class NestedObjective implements Objective {

  private final TrainableGraph family;
  private final TrainableGraph root;
  private final TrainingRecipe recipe;
  private final SortedMap<String, Float> steps; // in one order, as their levels are drawn
  private final int levels;
  private final String output;

  /**
   * @param family what is trained
   * @param root the teacher
   * @param steps finest step of each tensor in planes
   * @param levels most planes that a sub-model lacks
   */
  NestedObjective(
      TrainableGraph family,
      TrainableGraph root,
      TrainingRecipe recipe,
      Map<String, Float> steps,
      int levels) {
    this.family = family;
    this.root = root;
    this.recipe = recipe;
    this.steps = new TreeMap<>(steps);
    this.levels = levels;
    this.output = root.outputs().getFirst();
  }

  @Override
  public double accumulate(NDManager scope, Batch batch, int step) {
    Optional<NDArray> known =
        Optional.of(root.output(scope, batch.inputs(), Forward.eval(), output));
    SplittableRandom random = new SplittableRandom(recipe.seed() * 31 + step);
    double between = levels * random.nextDouble();
    Forward whole = Forward.eval().withGradients(true);
    double sum = learn(scope, batch, known, whole);
    sum += learn(scope, batch, known, truncated(whole, levels, random));
    sum += learn(scope, batch, known, truncated(whole, between, random));
    return sum / 3;
  }

  private double learn(NDManager scope, Batch batch, Optional<NDArray> known, Forward forward) {
    try (NDManager own = scope.newSubManager()) {
      NDArray logits = family.output(own, batch.inputs(), forward, output);
      return Torch.backward(() -> Losses.of(recipe, logits, batch, known));
    }
  }

  /**
   * The sub-model that lacks so many planes on average.
   *
   * @param missing a tensor lacks this number, rounded up or down at random
   */
  private Forward truncated(Forward forward, double missing, SplittableRandom random) {
    Forward result = forward;
    for (Map.Entry<String, Float> tensor : steps.entrySet()) {
      int level = (int) Math.min(levels, Math.floor(missing + random.nextDouble()));
      result = result.withHook(tensor.getKey(), Truncation.at(tensor.getValue(), level));
    }
    return result;
  }
}
