package dev.insitu.lab.fig3;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.insitu.model.OnnxModel;
import dev.insitu.train.Batch;
import dev.insitu.train.Forward;
import dev.insitu.train.Losses;
import dev.insitu.train.Objective;
import dev.insitu.train.Torch;
import dev.insitu.train.TrainableGraph;
import dev.insitu.train.Trainer;
import dev.insitu.train.TrainingRecipe;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/** Trains any model to answer as labels and the root say, as a whole or by its sub-models. */
final class Students {

  private final Bench bench;

  /** Sub-models of a graph, as hooks in the place of its parameters. */
  @FunctionalInterface
  interface SubModels {

    /** Those that are learnt in one step; a model without hooks is the whole. */
    List<Map<String, UnaryOperator<NDArray>>> drawn(SplittableRandom random);

    /** The whole alone. */
    static SubModels whole() {
      return random -> List.of(Map.of());
    }
  }

  /** Makes the sub-models of a graph whose parameters have their first values. */
  @FunctionalInterface
  interface Dividing {
    SubModels of(TrainableGraph graph);
  }

  Students(Bench bench) {
    this.bench = bench;
  }

  /**
   * Trains a model.
   *
   * @param name of the training, for its checkpoint
   * @param start ends as the root does: one output float[n][classes] of its name
   * @param target gets the trained model
   */
  void train(String name, Path start, Dividing dividing, Path target, Job.Told told) {
    TrainingRecipe recipe = bench.recipe();
    try (NDManager manager = Torch.newManager();
        OnnxModel rootModel = OnnxModel.open(bench.settings().root());
        OnnxModel model = OnnxModel.open(start);
        TrainableGraph root = TrainableGraph.of(rootModel, manager);
        TrainableGraph student = TrainableGraph.of(model, manager)) {
      root.parameters().freeze();
      Objective objective = new Learning(root, student, dividing.of(student), recipe);
      new Trainer(
              recipe,
              List.of(student.parameters()),
              objective,
              bench.pictures().training(),
              bench.training(name, told))
          .run();
      student.writeTo(target);
    }
  }

  /** Every sub-model that is drawn learns the batch; gradients add up. */
  private record Learning(
      TrainableGraph root, TrainableGraph student, SubModels subModels, TrainingRecipe recipe)
      implements Objective {

    @Override
    public double accumulate(NDManager scope, Batch batch, int step) {
      String output = root.outputs().getFirst();
      Optional<NDArray> known =
          Optional.of(root.output(scope, batch.inputs(), Forward.eval(), output));
      var drawn = subModels.drawn(new SplittableRandom(recipe.seed() * 31 + step));
      double sum = 0;
      for (Map<String, UnaryOperator<NDArray>> hooks : drawn) {
        Forward forward = Forward.train();
        for (Map.Entry<String, UnaryOperator<NDArray>> hook : hooks.entrySet()) {
          forward = forward.withHook(hook.getKey(), hook.getValue());
        }
        try (NDManager own = scope.newSubManager()) {
          NDArray logits = student.output(own, batch.inputs(), forward, output);
          sum += Torch.backward(() -> Losses.of(recipe, logits, batch, known));
        }
      }
      return sum / drawn.size();
    }
  }
}
