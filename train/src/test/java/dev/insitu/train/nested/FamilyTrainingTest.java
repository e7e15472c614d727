package dev.insitu.train.nested;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.insitu.forge.PlaneSteps;
import dev.insitu.model.OnnxModel;
import dev.insitu.model.width.ChannelGroups;
import dev.insitu.model.width.Importance;
import dev.insitu.model.width.ModelTensors;
import dev.insitu.model.width.NarrowModel;
import dev.insitu.train.Batch;
import dev.insitu.train.Classification;
import dev.insitu.train.Drawn;
import dev.insitu.train.Forward;
import dev.insitu.train.Losses;
import dev.insitu.train.ReferenceMoments;
import dev.insitu.train.Schedule;
import dev.insitu.train.Torch;
import dev.insitu.train.TrainException;
import dev.insitu.train.TrainableGraph;
import dev.insitu.train.Trainer;
import dev.insitu.train.TrainingData;
import dev.insitu.train.TrainingRecipe;
import dev.insitu.train.TrainingRecipe.Distillation;
import dev.insitu.train.exits.ExitPlace;
import dev.insitu.train.zoo.ResNet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FamilyTrainingTest {

  private static final int COUNT = 64;
  private static final ExitPlace EXIT = new ExitPlace(0, "stage1.block1.relu");

  @TempDir static Path folder;

  private static Path trained = Path.of("");

  /** The network, having learnt its pictures. */
  @BeforeAll
  static void learn() throws IOException {
    trained = folder.resolve("trained.onnx");
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
  }

  private static TrainingRecipe recipe(int steps) {
    return TrainingRecipe.of(steps, 16)
        .withSchedule(new Schedule.Cosine(0.03, 0.1))
        .withDistillation(new Distillation(1, 2))
        .withClipNorm(5);
  }

  private static WidthAxis widths(OnnxModel root) {
    Importance importance = Importance.magnitude(new ModelTensors(root));
    return WidthAxis.of(ChannelGroups.of(root), importance, List.of(0.75, 0.5));
  }

  private static Family train(OnnxModel root, int steps, Nesting nesting, String name)
      throws IOException {
    Path directory = Files.createDirectories(folder.resolve(name));
    TrainingData data = Drawn.pictures(COUNT, false);
    return new FamilyTraining(root, data, recipe(steps), nesting, Trainer.Options.none())
        .train(directory);
  }

  @Test
  void theLeastSubModelComesNearerToTheRoot() throws IOException {
    try (OnnxModel root = OnnxModel.open(trained)) {
      Family family = train(root, 30, Nesting.BITS, "bits");
      assertEquals(PlaneSteps.of(root), family.steps());
      Map<String, Integer> least = all(family.steps(), PlaneSteps.LEVELS);
      double before = apart(trained, trained, family.steps(), least);
      double after = apart(trained, family.onnx(), family.steps(), least);
      double whole = apart(trained, family.onnx(), family.steps(), Map.of());
      System.out.printf(
          "least sub-model %.4f before, %.4f after; whole %.4f%n", before, after, whole);
      assertTrue(before > 0, "truncation does something");
      assertTrue(after < 0.7 * before, after + " after " + before);
      assertTrue(whole < before, "the whole stays near the root: " + whole);
    }
  }

  @Test
  void withoutAStepAFamilyIsItsRootAndItsNarrowModelsAreTheRootsNarrowed() throws IOException {
    try (OnnxModel root = OnnxModel.open(trained)) {
      WidthAxis axis = widths(root);
      TrainingRecipe still = recipe(1).withSchedule(new Schedule.Cosine(1e-9, 0));
      Family family =
          new FamilyTraining(
                  root,
                  Drawn.pictures(COUNT, false),
                  still,
                  Nesting.BITS.withWidths(axis),
                  Trainer.Options.none())
              .train(Files.createDirectories(folder.resolve("still")));
      assertTrue(apart(trained, family.onnx(), Map.of(), Map.of()) < 1e-8, "the order is undone");
      assertEquals(axis.orders(), family.orders());
      assertEquals(2, family.narrower().size());
      for (int i = 0; i < 2; i++) {
        Family.Narrower narrower = family.narrower().get(i);
        Path expected = folder.resolve("narrowed" + i + ".onnx");
        NarrowModel.write(axis.groups(), axis.orders(), axis.widths(i + 1), expected);
        assertSameKernels(expected, narrower.onnx());
        assertEquals(axis.widths(i + 1).toString(), narrower.widths().toString());
      }
    }
  }

  @Test
  void narrowModelsAndExitsLearnTogetherWithFewBits() throws IOException {
    try (OnnxModel root = OnnxModel.open(trained)) {
      Nesting nesting = Nesting.BITS.withWidths(widths(root)).withExits(List.of(EXIT)).withDrawn(2);
      Family family = train(root, 30, nesting, "all");
      for (int width = 0; width < 2; width++) {
        Path before = folder.resolve("narrow" + width + ".onnx");
        NarrowModel.write(
            nesting.widths().orElseThrow().groups(),
            family.orders(),
            family.narrower().get(width).widths(),
            before);
        Path after = family.narrower().get(width).onnx();
        double was = apart(trained, before, Map.of(), Map.of());
        double is = apart(trained, after, Map.of(), Map.of());
        System.out.printf("width %d: %.4f before, %.4f after%n", width + 1, was, is);
        assertTrue(is < 0.5 * was, width + ": " + is + " after " + was);
        assertEquals(1, family.narrower().get(width).exits().size());
      }
      assertSharedKernels(root, family);
      Family.Narrower narrowest = family.narrower().getLast();
      double wide = agreement(family.onnx(), family.exits().getFirst().onnx());
      double narrow = agreement(narrowest.onnx(), narrowest.exits().getFirst().onnx());
      System.out.printf("exits agree on %.3f, in the narrowest model on %.3f%n", wide, narrow);
      assertTrue(wide > 0.8, "the exit answers as the root does: " + wide);
      assertTrue(narrow > 0.7, "so does the narrowest model's: " + narrow);
    }
  }

  @Test
  void narrowModelsMayShareAllValues() throws IOException {
    try (OnnxModel root = OnnxModel.open(trained)) {
      WidthAxis axis = widths(root);
      Family family = train(root, 20, Nesting.BITS.withWidths(axis), "shared");
      try (OnnxModel whole = OnnxModel.open(family.onnx())) {
        Path cut = folder.resolve("shared.onnx");
        NarrowModel.write(ChannelGroups.of(whole), family.orders(), axis.widths(1), cut);
        Path narrower = family.narrower().getFirst().onnx();
        assertTrue(apart(cut, narrower, Map.of(), Map.of()) < 1e-8, "it is the family's own part");
        Path before = folder.resolve("unshared.onnx");
        NarrowModel.write(axis.groups(), axis.orders(), axis.widths(1), before);
        double was = apart(trained, before, Map.of(), Map.of());
        double is = apart(trained, narrower, Map.of(), Map.of());
        assertTrue(is < 0.5 * was, is + " after " + was);
      }
    }
  }

  @Test
  void oneModelAloneIsTrainedByTheSameCode() throws IOException {
    try (OnnxModel root = OnnxModel.open(trained)) {
      Map<String, Float> steps = PlaneSteps.of(root);
      Map<String, Integer> least = all(steps, PlaneSteps.LEVELS);
      Family family =
          train(root, 30, Nesting.BITS.only(SubNetwork.WHOLE.withMissing(least)), "alone");
      double before = apart(trained, trained, steps, least);
      double after = apart(trained, family.onnx(), steps, least);
      assertTrue(after < 0.5 * before, after + " after " + before);
      SubNetwork none = SubNetwork.WHOLE.withWidth(1);
      assertThrows(TrainException.class, () -> Nesting.BITS.only(none));
    }
  }

  private static Map<String, Integer> all(Map<String, Float> steps, int missing) {
    return steps.keySet().stream()
        .collect(Collectors.toMap(Function.identity(), tensor -> missing));
  }

  /**
   * How far the answers of a sub-model of a family are from the root's; one that lacks planes with
   * statistics that follow, as packages state them.
   */
  private static double apart(
      Path root, Path family, Map<String, Float> steps, Map<String, Integer> missing) {
    try (NDManager manager = Torch.newManager();
        OnnxModel known = OnnxModel.open(root);
        OnnxModel model = OnnxModel.open(family);
        TrainableGraph teacher = TrainableGraph.of(known, manager);
        TrainableGraph graph = TrainableGraph.of(model, manager)) {
      Batch batch = batch(manager);
      ReferenceMoments moments = new ReferenceMoments();
      Forward forward = missing.isEmpty() ? Forward.eval() : Forward.eval().following(moments);
      for (Map.Entry<String, Integer> tensor : missing.entrySet()) {
        float step = steps.getOrDefault(tensor.getKey(), 1f);
        forward = forward.withHook(tensor.getKey(), Truncation.at(step, tensor.getValue()));
      }
      Forward noting = Forward.eval().noting(moments);
      NDArray wanted = teacher.output(manager, batch.inputs(), noting, ResNet.OUTPUT);
      NDArray mine = graph.output(manager, batch.inputs(), forward, ResNet.OUTPUT);
      return Losses.distillation(mine, wanted, 2).toFloatArray()[0];
    }
  }

  private static Batch batch(NDManager manager) {
    int[] all = IntStream.range(0, COUNT).toArray();
    return Drawn.pictures(COUNT, false).batch(manager, all, new SplittableRandom(1));
  }

  /** Share of samples on which a head answers as the root. */
  private static double agreement(Path backbone, Path head) {
    try (NDManager manager = Torch.newManager();
        OnnxModel known = OnnxModel.open(trained);
        OnnxModel model = OnnxModel.open(backbone);
        OnnxModel exit = OnnxModel.open(head);
        TrainableGraph teacher = TrainableGraph.of(known, manager);
        TrainableGraph graph = TrainableGraph.of(model, manager);
        TrainableGraph last = TrainableGraph.of(exit, manager)) {
      Batch batch = batch(manager);
      NDArray wanted = teacher.output(manager, batch.inputs(), Forward.eval(), ResNet.OUTPUT);
      NDArray features = graph.output(manager, batch.inputs(), Forward.eval(), EXIT.value());
      Map<String, NDArray> given = Map.of(EXIT.value(), features);
      NDArray mine = last.output(manager, given, Forward.eval(), last.outputs().getFirst());
      long[] a = wanted.argMax(1).toLongArray();
      long[] b = mine.argMax(1).toLongArray();
      return (double) IntStream.range(0, COUNT).filter(i -> a[i] == b[i]).count() / COUNT;
    }
  }

  /** Weights of at least two dimensions are equal. */
  private static void assertSameKernels(Path expected, Path file) {
    try (OnnxModel one = OnnxModel.open(expected);
        OnnxModel other = OnnxModel.open(file)) {
      ModelTensors values = new ModelTensors(one);
      ModelTensors mine = new ModelTensors(other);
      long compared = 0;
      for (String name : PlaneSteps.of(one).keySet()) {
        float[] a = values.of(name).values();
        float[] b = mine.of(name).values();
        assertEquals(a.length, b.length, name);
        for (int i = 0; i < a.length; i++) {
          assertEquals(a[i], b[i], 1e-6, name);
        }
        compared++;
      }
      assertTrue(compared > 3, compared + " compared");
    }
  }

  /** What a narrower model has of a kernel is what the whole family has there. */
  private static void assertSharedKernels(OnnxModel root, Family family) throws IOException {
    WidthAxis of = widths(root);
    try (OnnxModel whole = OnnxModel.open(family.onnx())) {
      Path expected = folder.resolve("cut.onnx");
      NarrowModel.write(ChannelGroups.of(whole), family.orders(), of.widths(2), expected);
      assertSameKernels(expected, family.narrower().getLast().onnx());
    }
  }
}
