package dev.insitu.train.exits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.insitu.forge.ExitHead;
import dev.insitu.forge.Forge;
import dev.insitu.forge.ForgeOptions;
import dev.insitu.forge.ForgeProgress;
import dev.insitu.model.OnnxModel;
import dev.insitu.train.Batch;
import dev.insitu.train.Drawn;
import dev.insitu.train.Forward;
import dev.insitu.train.Schedule;
import dev.insitu.train.Torch;
import dev.insitu.train.TrainException;
import dev.insitu.train.TrainableGraph;
import dev.insitu.train.Trainer;
import dev.insitu.train.TrainingRecipe;
import dev.insitu.train.TrainingRecipe.Distillation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExitTrainingTest {

  private static final int COUNT = 96;
  private static final List<ExitPlace> PLACES =
      List.of(new ExitPlace(0, "stem.relu"), new ExitPlace(1, "stage1.block1.relu"));

  @TempDir Path folder;

  private static TrainingRecipe recipe(double teacher) {
    return TrainingRecipe.of(40, 16)
        .withSchedule(new Schedule.Cosine(0.1, 0.1))
        .withDistillation(new Distillation(teacher, 2));
  }

  @Test
  void headsLearnLabelsOnABackboneThatStaysAsItIs() throws IOException {
    try (OnnxModel root = OnnxModel.open(Drawn.network(folder))) {
      byte[] before = root.sha256();
      List<ExitHead> heads =
          new ExitTraining(root, Drawn.pictures(COUNT, true), recipe(0), Trainer.Options.none())
              .train(PLACES, folder);
      assertEquals(List.of(0, 1), heads.stream().map(ExitHead::afterSegment).toList());
      for (int i = 0; i < heads.size(); i++) {
        double right = accuracy(root, PLACES.get(i).value(), heads.get(i).onnx());
        assertTrue(right > 0.9, "exit " + i + " is right on " + right);
      }
      assertTrue(Arrays.equals(before, root.sha256()));
    }
  }

  @Test
  void withoutLabelsTheyLearnTheModelsAnswersAndPackingTakesThem() throws IOException {
    Path onnx = Drawn.network(folder);
    try (OnnxModel root = OnnxModel.open(onnx)) {
      ForgeOptions options = ForgeOptions.of("drawn", "1").withMaxSegments(4);
      List<ExitPlace> places = ExitPlace.spread(Forge.plan(root, options), 1);
      List<ExitHead> heads =
          new ExitTraining(root, Drawn.pictures(COUNT, false), recipe(1), Trainer.Options.none())
              .train(places, folder);
      Forge.Result result =
          Forge.pack(
              onnx, folder.resolve("out.insitu"), options.withExits(heads), ForgeProgress.NONE);
      assertEquals(1, result.manifest().exits().size());
    }
  }

  @Test
  void aPlaceThatNobodyComputesIsRefused() throws IOException {
    try (OnnxModel root = OnnxModel.open(Drawn.network(folder))) {
      ExitTraining training =
          new ExitTraining(root, Drawn.pictures(8, true), recipe(0), Trainer.Options.none());
      List<ExitPlace> places = List.of(new ExitPlace(0, "nowhere"));
      TrainException refused =
          assertThrows(TrainException.class, () -> training.train(places, folder));
      assertTrue(refused.getMessage().contains("nowhere"), refused.getMessage());
    }
  }

  private static double accuracy(OnnxModel root, String value, Path head) {
    try (NDManager manager = Torch.newManager();
        OnnxModel model = OnnxModel.open(head);
        TrainableGraph backbone = TrainableGraph.of(root, manager);
        TrainableGraph exit = TrainableGraph.of(model, manager)) {
      int[] all = IntStream.range(0, COUNT).toArray();
      Batch batch = Drawn.pictures(COUNT, true).batch(manager, all, new SplittableRandom(1));
      NDArray features = backbone.output(manager, batch.inputs(), Forward.eval(), value);
      NDArray logits =
          exit.output(manager, Map.of(value, features), Forward.eval(), exit.outputs().getFirst());
      long[] answers = logits.argMax(1).toLongArray();
      long right = IntStream.range(0, COUNT).filter(i -> answers[i] == batch.labels()[i]).count();
      return (double) right / COUNT;
    }
  }
}
