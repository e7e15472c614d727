package dev.insitu.train.exits;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.insitu.forge.ExitHead;
import dev.insitu.model.OnnxModel;
import dev.insitu.train.Batch;
import dev.insitu.train.Forward;
import dev.insitu.train.Parameters;
import dev.insitu.train.Torch;
import dev.insitu.train.TrainException;
import dev.insitu.train.TrainableGraph;
import dev.insitu.train.Trainer;
import dev.insitu.train.TrainingData;
import dev.insitu.train.TrainingRecipe;
import dev.insitu.train.exits.ExitObjective.Exit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

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
      String output = backbone.outputs().getFirst();
      List<OnnxModel> models = heads(backbone, output, places, directory);
      try {
        return train(manager, backbone, output, places, models);
      } finally {
        models.forEach(OnnxModel::close);
      }
    }
  }

  private List<ExitHead> train(
      NDManager manager,
      TrainableGraph backbone,
      String output,
      List<ExitPlace> places,
      List<OnnxModel> models)
      throws IOException {
    List<Exit> exits = new ArrayList<>();
    List<Parameters> parameters = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      TrainableGraph head = TrainableGraph.of(models.get(i), manager);
      exits.add(new Exit(places.get(i), head));
      parameters.add(head.parameters());
    }
    ExitObjective objective = new ExitObjective(backbone, output, exits, recipe);
    new Trainer(recipe, parameters, objective, data, options).run();
    List<ExitHead> heads = new ArrayList<>();
    for (Exit exit : exits) {
      Path start = exit.head().model().file();
      Path trained = start.resolveSibling("exit" + exit.place().afterSegment() + ".onnx");
      exit.head().writeTo(trained);
      heads.add(new ExitHead(exit.place().afterSegment(), trained));
    }
    return List.copyOf(heads);
  }

  private List<OnnxModel> heads(
      TrainableGraph backbone, String output, List<ExitPlace> places, Path directory)
      throws IOException {
    List<OnnxModel> models = new ArrayList<>();
    try (NDManager scope = Torch.newManager()) {
      Map<String, NDArray> values = values(scope, backbone, output, places);
      long[] answer = shape(values, output);
      if (answer.length != 2) {
        throw new TrainException(
            "Output '"
                + output
                + "' has shape "
                + Arrays.toString(answer)
                + "; exits can be trained for classifiers only.\nMaybe give heads of your own.");
      }
      for (ExitPlace place : places) {
        Path start = directory.resolve("exit" + place.afterSegment() + ".start.onnx");
        long[] shape = shape(values, place.value());
        Files.write(
            start,
            HeadModel.build(
                    "exit" + place.afterSegment(),
                    place.value(),
                    shape,
                    Math.toIntExact(answer[1]),
                    recipe.seed() + place.afterSegment())
                .toByteArray());
        models.add(OnnxModel.open(start));
      }
      return models;
    } catch (IOException | RuntimeException e) {
      models.forEach(OnnxModel::close);
      throw e;
    }
  }

  /** What the model makes of one sample. */
  private Map<String, NDArray> values(
      NDManager scope, TrainableGraph backbone, String output, List<ExitPlace> places) {
    Batch batch = data.batch(scope, new int[] {0}, new SplittableRandom(recipe.seed()));
    List<String> wanted = new ArrayList<>(places.stream().map(ExitPlace::value).toList());
    wanted.add(output);
    return backbone.forward(
        scope, batch.inputs(), Forward.eval().withOutputs(wanted.toArray(String[]::new)));
  }

  private static long[] shape(Map<String, NDArray> values, String name) {
    NDArray array = values.get(name);
    if (array == null) {
      throw new TrainException("The model makes no value '" + name + "'.");
    }
    return array.getShape().getShape();
  }
}
