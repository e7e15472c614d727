package dev.insitu.train.nested;

import ai.djl.ndarray.NDManager;
import dev.insitu.forge.PlaneSteps;
import dev.insitu.model.OnnxModel;
import dev.insitu.train.Parameter;
import dev.insitu.train.Torch;
import dev.insitu.train.TrainableGraph;
import dev.insitu.train.Trainer;
import dev.insitu.train.TrainingData;
import dev.insitu.train.TrainingRecipe;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Re-trains a classifier together with its sub-models of fewer bits. The result is a model of its
 * own, whose package holds them all; only the weights that are coded in planes, and what is added
 * or multiplied by channel, change.
 */
public final class BitRetraining {

  private final OnnxModel root;
  private final TrainingData data;
  private final TrainingRecipe recipe;
  private final Trainer.Options options;

  /**
   * @param root a classifier: its first output is float[n][classes]
   * @param data samples of its inputs
   * @param recipe how much of the loss are labels, how much the root's answers
   */
  public BitRetraining(
      OnnxModel root, TrainingData data, TrainingRecipe recipe, Trainer.Options options) {
    this.root = root;
    this.data = data;
    this.recipe = recipe;
    this.options = options;
  }

  /**
   * Trains and writes the family's float model.
   *
   * @return the finest steps that it was trained with, to be packed with
   * @throws dev.insitu.train.TrainException if an operator lacks, or the loss is no number any more
   */
  public Map<String, Float> train(Path target) {
    try (NDManager manager = Torch.newManager();
        TrainableGraph teacher = TrainableGraph.of(root, manager);
        TrainableGraph family = TrainableGraph.of(root, manager)) {
      teacher.parameters().freeze();
      Map<String, Float> steps =
          PlaneSteps.of(root).entrySet().stream()
              .filter(entry -> family.parameters().find(entry.getKey()).isPresent())
              .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
      family.parameters().trainOnly(parameter -> changes(parameter, steps));
      NestedObjective objective =
          new NestedObjective(family, teacher, recipe, steps, PlaneSteps.LEVELS);
      new Trainer(recipe, List.of(family.parameters()), objective, data, options).run();
      family.writeTo(target);
      return steps;
    }
  }

  private static boolean changes(Parameter parameter, Map<String, Float> steps) {
    return switch (parameter.role()) {
      case BIAS, NORM -> true;
      case WEIGHT, EMBEDDING -> steps.containsKey(parameter.name());
      case STATISTIC -> false;
    };
  }
}
