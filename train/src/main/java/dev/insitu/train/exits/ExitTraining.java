package dev.insitu.train.exits;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.insitu.forge.ExitHead;
import dev.insitu.model.OnnxModel;
import dev.insitu.train.Calibration;
import dev.insitu.train.Torch;
import dev.insitu.train.TrainException;
import dev.insitu.train.TrainableGraph;
import dev.insitu.train.Trainer;
import dev.insitu.train.TrainingData;
import dev.insitu.train.TrainingRecipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Trains a small classifier at each of some places of a model that stays as it is. With labels they
 * learn both labels and the model's own answers, without labels the model's answers alone.
 */
public final class ExitTraining {

  private final OnnxModel root;
  private final TrainingData data;
  private final TrainingRecipe recipe;
  private final Trainer.Options options;

  /**
   * @param root a classifier: its first output is float[n][classes]
   * @param data samples of its inputs
   */
  public ExitTraining(
      OnnxModel root, TrainingData data, TrainingRecipe recipe, Trainer.Options options) {
    this.root = root;
    this.data = data;
    this.recipe = recipe;
    this.options = options;
  }

  /**
   * Trains a head for each place.
   *
   * @param directory gets an ONNX file for each
   * @return the heads as {@link dev.insitu.forge.Forge} takes them
   * @throws TrainException if a place cannot have such a head, or the loss is no number any more
   */
  public List<ExitHead> train(List<ExitPlace> places, Path directory) throws IOException {
    if (places.isEmpty()) {
      return List.of();
    }
    try (NDManager manager = Torch.newManager();
        TrainableGraph backbone = TrainableGraph.of(root, manager)) {
      backbone.parameters().freeze();
      Calibration batches = new Calibration(data, recipe.batch(), recipe.seed());
      Map<String, NDArray> sample = batches.inputs(manager, 0);
      try (Heads heads =
          Heads.fresh(backbone, sample, places, directory, "", recipe.seed(), manager)) {
        heads.calibrate(batches, backbone::forward);
        String output = backbone.outputs().getFirst();
        ExitObjective objective = new ExitObjective(backbone, output, places, heads, recipe);
        new Trainer(recipe, heads.parameters(), objective, data, options).run();
        return heads.write();
      }
    }
  }
}
