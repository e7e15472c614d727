package dev.insitu.train.nested;

import ai.djl.ndarray.NDManager;
import dev.insitu.forge.PlaneSteps;
import dev.insitu.model.OnnxModel;
import dev.insitu.model.width.Permutation;
import dev.insitu.train.Calibration;
import dev.insitu.train.Torch;
import dev.insitu.train.TrainableGraph;
import dev.insitu.train.Trainer;
import dev.insitu.train.TrainingData;
import dev.insitu.train.TrainingRecipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Re-trains a classifier together with its sub-models: of fewer bits, of fewer channels, with
 * exits, or one of them alone. The result is a model of its own, whose package holds them all.
 *
 * <pre>{@code
 * ChannelGroups groups = ChannelGroups.of(root);
 * Importance importance = Importance.magnitude(new ModelTensors(root));
 * Nesting nesting = Nesting.BITS
 *     .withWidths(WidthAxis.of(groups, importance, List.of(0.75, 0.5)))
 *     .withDrawn(2);
 * TrainingRecipe recipe = TrainingRecipe.of(1500, 128)
 *     .withOptimizer(new OptimizerKind.Sgd(0.9, true, 0))
 *     .withSchedule(new Schedule.Cosine(0.05, 0.05))
 *     .withDistillation(new Distillation(1, 2))
 *     .withClipNorm(5);
 * Family family = new FamilyTraining(root, data, recipe, nesting, options).train(directory);
 * }</pre>
 *
 * <p>One model alone, by the same code: {@code nesting.only(SubNetwork.WHOLE.withMissing(levels))}.
 */
public final class FamilyTraining {

  private final OnnxModel root;
  private final TrainingData data;
  private final TrainingRecipe recipe;
  private final Nesting nesting;
  private final Trainer.Options options;

  /**
   * @param root a classifier: its first output is float[n][classes]
   * @param data samples of its inputs
   * @param recipe how much of the loss are labels, how much the root's answers
   * @param nesting what is trained together
   */
  public FamilyTraining(
      OnnxModel root,
      TrainingData data,
      TrainingRecipe recipe,
      Nesting nesting,
      Trainer.Options options) {
    this.root = root;
    this.data = data;
    this.recipe = recipe;
    this.nesting = nesting;
    this.options = options;
  }

  /**
   * Trains.
   *
   * @param directory gets the files
   * @throws dev.insitu.train.TrainException if an operator lacks, a place cannot have a head, or
   *     the loss is no number any more
   */
  public Family train(Path directory) throws IOException {
    Calibration batches = new Calibration(data, recipe.batch(), recipe.seed());
    try (NDManager manager = Torch.newManager();
        TrainableGraph teacher = TrainableGraph.of(root, manager);
        FamilyGraphs family =
            FamilyGraphs.of(root, nesting, batches, directory, recipe.seed(), manager)) {
      teacher.parameters().freeze();
      Map<String, Float> steps =
          PlaneSteps.of(root).entrySet().stream()
              .filter(entry -> family.shared().find(entry.getKey()).isPresent())
              .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
      SubNetworks models =
          new SubNetworks(nesting, new TreeSet<>(steps.keySet()), PlaneSteps.LEVELS);
      FamilyObjective objective =
          new FamilyObjective(
              teacher,
              family,
              models,
              recipe,
              steps,
              new BitPrice(steps, nesting.bitPrice()),
              fingerprint());
      new Trainer(recipe, family.parameters(), objective, data, options).run();
      return family.write(steps);
    }
  }

  private String fingerprint() {
    int orders =
        nesting.widths().stream()
            .flatMap(axis -> axis.orders().stream())
            .map(Permutation::order)
            .mapToInt(Arrays::hashCode)
            .reduce(0, (sum, code) -> 31 * sum + code);
    return " for "
        + (nesting.bits() ? "all bits" : "floats")
        + ", widths "
        + nesting.widths().map(WidthAxis::shares).orElse(List.of())
        + (nesting.widths().map(WidthAxis::ownValues).orElse(false) ? " with own values" : "")
        + " in order "
        + Integer.toHexString(orders)
        + ", exits "
        + nesting.exits()
        + ", "
        + nesting.drawn()
        + " drawn, price of a bit "
        + nesting.bitPrice()
        + nesting.alone().map(one -> ", only " + one).orElse("");
  }
}
