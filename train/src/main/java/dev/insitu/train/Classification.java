package dev.insitu.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Map;
import java.util.Optional;

/** Labels, a teacher's logits, or both, learnt by a graph whose output are logits. */
public final class Classification implements Objective {

  private final TrainableGraph graph;
  private final String output;
  private final TrainingRecipe recipe;
  private final Optional<TrainableGraph> teacher;

  /**
   * @param output of the graph, float[n][classes]; the teacher's has the same name
   * @param teacher left alone; empty to learn labels only
   * @throws TrainException if the recipe asks for a teacher and there is none
   */
  public Classification(
      TrainableGraph graph,
      String output,
      TrainingRecipe recipe,
      Optional<TrainableGraph> teacher) {
    if (recipe.distillation().weight() > 0 && teacher.isEmpty()) {
      throw new TrainException("The recipe asks for distillation, but there is no teacher.");
    }
    this.graph = graph;
    this.output = output;
    this.recipe = recipe;
    this.teacher = teacher;
  }

  @Override
  public double accumulate(NDManager scope, Batch batch, int step) {
    Optional<NDArray> known = teacher.map(t -> output(t, scope, batch.inputs(), Forward.eval()));
    NDArray logits = output(graph, scope, batch.inputs(), Forward.train());
    return Torch.backward(() -> Losses.of(recipe, logits, batch, known));
  }

  private NDArray output(
      TrainableGraph from, NDManager scope, Map<String, NDArray> inputs, Forward forward) {
    return from.output(scope, inputs, forward, output);
  }
}
