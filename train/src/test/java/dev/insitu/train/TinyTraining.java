package dev.insitu.train;

import ai.djl.ndarray.NDManager;
import dev.insitu.forge.samples.Pictures;
import dev.insitu.forge.samples.SampleReader.Normalisation;
import dev.insitu.model.OnnxModel;
import dev.insitu.train.zoo.GraphBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** A little network that learns which corner of a picture is bright. */
final class TinyTraining implements AutoCloseable {

  static final String INPUT = "image";
  static final String OUTPUT = "logits";
  static final int CLASSES = 3;
  private static final int SIDE = 8;

  final NDManager manager = Torch.newManager();
  final OnnxModel model;
  final TrainableGraph graph;

  TinyTraining(Path folder) throws IOException {
    model = OnnxModel.open(write(folder.resolve("tiny.onnx")));
    graph = TrainableGraph.of(model, manager);
  }

  private static Path write(Path file) throws IOException {
    GraphBuilder graph = new GraphBuilder("tiny", new SplittableRandom(5));
    String value = graph.input(INPUT, 3, SIDE, SIDE);
    value = graph.batchNorm("norm", graph.conv("conv", value, 3, 8, 3, 1), 8);
    value = graph.relu("relu", value);
    value = graph.batchNorm("norm2", graph.conv("conv2", value, 8, 8, 3, 2), 8);
    value = graph.pool("pool", graph.relu("relu2", value));
    graph.linear(OUTPUT, value, 8, CLASSES);
    return Files.write(file, graph.output(OUTPUT, CLASSES).model("test").toByteArray());
  }

  static Pictures pictures(int count) {
    byte[] pixels = new byte[count * 3 * SIDE * SIDE];
    int[] labels = new int[count];
    SplittableRandom random = new SplittableRandom(9);
    for (int i = 0; i < count; i++) {
      labels[i] = random.nextInt(CLASSES);
      for (int p = 0; p < 3 * SIDE * SIDE; p++) {
        boolean bright = p / (SIDE * SIDE) == labels[i];
        pixels[i * 3 * SIDE * SIDE + p] = (byte) (random.nextInt(100) + (bright ? 100 : 0));
      }
    }
    return new Pictures("generated", 3, SIDE, SIDE, pixels, labels);
  }

  static TrainingData data(int count, Augmentation augmentation) {
    return new PictureData(pictures(count), INPUT, Normalisation.none(), augmentation);
  }

  static TrainingRecipe recipe(int steps) {
    return TrainingRecipe.of(steps, 8)
        .withSchedule(new Schedule.Cosine(0.1, 0.1))
        .withAugmentation(new Augmentation(1, true));
  }

  Objective labels(TrainingRecipe recipe) {
    return new Classification(graph, OUTPUT, recipe, Optional.empty());
  }

  double train(TrainingRecipe recipe, Trainer.Options options) {
    TrainingData data = data(64, recipe.augmentation());
    return new Trainer(recipe, List.of(graph.parameters()), labels(recipe), data, options).run();
  }

  /** All parameters, statistics included. */
  Map<String, float[]> values() {
    Map<String, float[]> values = new LinkedHashMap<>();
    graph.parameters().all().forEach(p -> values.put(p.name(), p.array().toFloatArray()));
    return values;
  }

  @Override
  public void close() {
    graph.close();
    model.close();
    manager.close();
  }
}
