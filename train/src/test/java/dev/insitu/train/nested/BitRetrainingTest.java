package dev.insitu.train.nested;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.insitu.forge.PlaneSteps;
import dev.insitu.model.OnnxModel;
import dev.insitu.train.Batch;
import dev.insitu.train.Classification;
import dev.insitu.train.Drawn;
import dev.insitu.train.Forward;
import dev.insitu.train.Losses;
import dev.insitu.train.Schedule;
import dev.insitu.train.Torch;
import dev.insitu.train.TrainableGraph;
import dev.insitu.train.Trainer;
import dev.insitu.train.TrainingData;
import dev.insitu.train.TrainingRecipe;
import dev.insitu.train.TrainingRecipe.Distillation;
import dev.insitu.train.zoo.ResNet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BitRetrainingTest {

  private static final int COUNT = 64;

  @TempDir Path folder;

  @Test
  void theLeastSubModelComesNearerToTheRoot() throws IOException {
    Path trained = trainedRoot();
    Path family = folder.resolve("family.onnx");
    TrainingRecipe recipe =
        TrainingRecipe.of(30, 16)
            .withSchedule(new Schedule.Cosine(0.02, 0.1))
            .withDistillation(new Distillation(1, 2))
            .withClipNorm(5);
    try (OnnxModel root = OnnxModel.open(trained)) {
      TrainingData data = Drawn.pictures(COUNT, false);
      Map<String, Float> steps =
          new BitRetraining(root, data, recipe, Trainer.Options.none()).train(family);
      assertEquals(PlaneSteps.of(root), steps);
      double before = apart(root, trained, steps, PlaneSteps.LEVELS);
      double after = apart(root, family, steps, PlaneSteps.LEVELS);
      double whole = apart(root, family, Map.of(), 0);
      System.out.printf(
          "least sub-model %.4f before, %.4f after; whole %.4f%n", before, after, whole);
      assertTrue(before > 0, "truncation does something");
      assertTrue(after < 0.7 * before, after + " after " + before);
      assertTrue(whole < before, "the whole stays near the root: " + whole);
    }
  }

  /** The network, having learnt its pictures. */
  private Path trainedRoot() throws IOException {
    Path trained = folder.resolve("trained.onnx");
    TrainingRecipe recipe = TrainingRecipe.of(40, 16).withSchedule(new Schedule.Cosine(0.05, 0.1));
    try (NDManager manager = Torch.newManager();
        OnnxModel fresh = OnnxModel.open(Drawn.network(folder));
        TrainableGraph graph = TrainableGraph.of(fresh, manager)) {
      Classification objective = new Classification(graph, ResNet.OUTPUT, recipe, Optional.empty());
      new Trainer(
              recipe,
              List.of(graph.parameters()),
              objective,
              Drawn.pictures(COUNT, true),
              Trainer.Options.none())
          .run();
      graph.writeTo(trained);
    }
    return trained;
  }

  /** How far the answers of a sub-model of a family are from the root's. */
  private static double apart(OnnxModel root, Path family, Map<String, Float> steps, int missing) {
    try (NDManager manager = Torch.newManager();
        OnnxModel model = OnnxModel.open(family);
        TrainableGraph teacher = TrainableGraph.of(root, manager);
        TrainableGraph graph = TrainableGraph.of(model, manager)) {
      int[] all = IntStream.range(0, COUNT).toArray();
      Batch batch = Drawn.pictures(COUNT, false).batch(manager, all, new SplittableRandom(1));
      Forward forward = Forward.eval();
      for (Map.Entry<String, Float> step : steps.entrySet()) {
        forward = forward.withHook(step.getKey(), Truncation.at(step.getValue(), missing));
      }
      NDArray known = teacher.output(manager, batch.inputs(), Forward.eval(), ResNet.OUTPUT);
      NDArray mine = graph.output(manager, batch.inputs(), forward, ResNet.OUTPUT);
      return Losses.meanSquare(mine, known).toFloatArray()[0];
    }
  }
}
