package dev.insitu.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerTest {

  private static final int STEPS = 30;

  @TempDir Path folder;

  /** What one training comes to, without any interruption. */
  private Map<String, float[]> uninterrupted(TrainingRecipe recipe) throws IOException {
    try (TinyTraining tiny = new TinyTraining(folder)) {
      tiny.train(recipe, Trainer.Options.none());
      return tiny.values();
    }
  }

  private static void assertSame(Map<String, float[]> expected, Map<String, float[]> actual) {
    assertEquals(expected.keySet(), actual.keySet());
    expected.forEach((name, values) -> assertArrayEquals(values, actual.get(name), 1e-6f, name));
  }

  @Test
  void learns() throws IOException {
    try (TinyTraining tiny = new TinyTraining(folder)) {
      tiny.train(TinyTraining.recipe(80), Trainer.Options.none());
      TrainingData fresh = TinyTraining.data(100, Augmentation.NONE);
      double accuracy = Accuracy.of(tiny.graph, TinyTraining.OUTPUT, fresh, 100, 32);
      assertTrue(accuracy > 0.9, accuracy + " of the pictures");
    }
  }

  @Test
  void learnsWithAdamTooAndShortensGradients() throws IOException {
    TrainingRecipe recipe =
        TinyTraining.recipe(80)
            .withOptimizer(OptimizerKind.AdamW.withDecay(0.01))
            .withSchedule(new Schedule.OneCycle(0.02, 0.2))
            .withLabelSmoothing(0.1)
            .withClipNorm(1);
    try (TinyTraining tiny = new TinyTraining(folder)) {
      tiny.train(recipe, Trainer.Options.none());
      TrainingData fresh = TinyTraining.data(100, Augmentation.NONE);
      assertTrue(Accuracy.of(tiny.graph, TinyTraining.OUTPUT, fresh, 100, 32) > 0.9);
    }
  }

  @Test
  void learnsFromATeacherWithoutLabels() throws IOException {
    TrainingRecipe recipe =
        TinyTraining.recipe(60).withDistillation(new TrainingRecipe.Distillation(1, 2));
    Path other = Files.createDirectory(folder.resolve("teacher"));
    try (TinyTraining teacher = new TinyTraining(other);
        TinyTraining tiny = new TinyTraining(folder)) {
      teacher.train(TinyTraining.recipe(60), Trainer.Options.none());
      Map<String, float[]> before = teacher.values();
      Objective objective =
          new Classification(tiny.graph, TinyTraining.OUTPUT, recipe, Optional.of(teacher.graph));
      Objective unlabelled =
          (scope, batch, step) ->
              objective.accumulate(
                  scope, new Batch(batch.inputs(), new int[0], batch.size()), step);
      new Trainer(
              recipe,
              List.of(tiny.graph.parameters()),
              unlabelled,
              TinyTraining.data(64, Augmentation.NONE),
              Trainer.Options.none())
          .run();
      TrainingData fresh = TinyTraining.data(100, Augmentation.NONE);
      assertTrue(Accuracy.of(tiny.graph, TinyTraining.OUTPUT, fresh, 100, 32) > 0.9);
      assertSame(before, teacher.values());
    }
  }

  @Test
  void goesOnAfterAnInterruptionAsIfThereHadBeenNone() throws IOException {
    for (OptimizerKind kind :
        List.of(new OptimizerKind.Sgd(0.9, true, 5e-4), OptimizerKind.AdamW.withDecay(0.01))) {
      TrainingRecipe recipe = TinyTraining.recipe(STEPS).withOptimizer(kind);
      Map<String, float[]> expected = uninterrupted(recipe);
      Path file = folder.resolve("checkpoint");
      Trainer.Options options = Trainer.Options.none().withCheckpoint(file, 5);
      try (TinyTraining tiny = new TinyTraining(folder)) {
        Trainer.Options stopped =
            options.withProgress(progress -> {
              if (progress.step() == 13) {
                throw new IllegalStateException("power cut");
              }
            });
        assertThrows(IllegalStateException.class, () -> tiny.train(recipe, stopped));
      }
      List<Integer> seen = new ArrayList<>();
      try (TinyTraining tiny = new TinyTraining(folder)) {
        tiny.train(recipe, options.withProgress(progress -> seen.add(progress.step())));
        assertSame(expected, tiny.values());
      }
      assertEquals(11, seen.getFirst());
      assertEquals(STEPS, seen.getLast());
      try (TinyTraining tiny = new TinyTraining(folder)) {
        double loss = tiny.train(recipe, options);
        assertTrue(Double.isNaN(loss), "nothing was left to do");
        assertSame(expected, tiny.values());
      }
      Files.delete(file);
    }
  }

  @Test
  void survivesAKilledProcess() throws Exception {
    TrainingRecipe recipe = TinyTraining.recipe(STEPS);
    Map<String, float[]> expected = uninterrupted(recipe);
    Path file = folder.resolve("checkpoint");
    Process process = start(file, STEPS);
    try {
      awaitStep17(process);
    } finally {
      process.destroyForcibly();
    }
    assertTrue(process.waitFor(20, TimeUnit.SECONDS));
    try (TinyTraining tiny = new TinyTraining(folder)) {
      tiny.train(recipe, Trainer.Options.none().withCheckpoint(file, 4));
      assertSame(expected, tiny.values());
    }
  }

  @Test
  void aProcessThatIsToldToEndFinishesItsStepAndWritesACheckpoint() throws Exception {
    int steps = 1_000_000;
    Path file = folder.resolve("checkpoint");
    Process process = start(file, steps);
    try {
      awaitStep17(process);
      assertTrue(process.toHandle().destroy());
      String rest = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertFalse(rest.contains("SIGSEGV"), rest);
      assertTrue(process.waitFor(20, TimeUnit.SECONDS));
    } finally {
      process.destroyForcibly();
    }
    List<Integer> seen = new ArrayList<>();
    try (TinyTraining tiny = new TinyTraining(folder)) {
      Trainer.Options options =
          Trainer.Options.none()
              .withCheckpoint(file, steps)
              .withProgress(progress -> {
                seen.add(progress.step());
                throw new IllegalStateException("enough");
              });
      TrainingRecipe recipe = TinyTraining.recipe(steps);
      assertThrows(IllegalStateException.class, () -> tiny.train(recipe, options));
    }
    assertTrue(seen.getFirst() > 17, seen::toString);
  }

  private Process start(Path file, int steps) throws IOException {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "--enable-native-access=ALL-UNNAMED",
            "-Xmx512m",
            "-Dai.djl.pytorch.num_threads=1",
            "-cp",
            System.getProperty("java.class.path"),
            EndlessTraining.class.getName(),
            folder.toString(),
            file.toString(),
            Integer.toString(steps))
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static void awaitStep17(Process process) throws IOException {
    StringBuilder line = new StringBuilder();
    while (!"step 17".contentEquals(line)) {
      line.setLength(0);
      for (int c = process.getInputStream().read(); c != '\n'; ) {
        assertTrue(c >= 0, "the process ended by itself");
        line.append((char) c);
        c = process.getInputStream().read();
      }
    }
  }

  /** Trains until it is killed; with few steps it waits after one of them. */
  static final class EndlessTraining {
    public static void main(String[] args) throws IOException {
      try (TinyTraining tiny = new TinyTraining(Path.of(args[0]))) {
        Trainer.Options options =
            Trainer.Options.none()
                .withCheckpoint(Path.of(args[1]), 4)
                .withProgress(progress -> {
                  System.out.println("step " + progress.step());
                  if (progress.step() == 17 && progress.steps() == STEPS) {
                    waitForever();
                  }
                });
        tiny.train(TinyTraining.recipe(Integer.parseInt(args[2])), options);
      }
    }

    private static void waitForever() {
      try {
        Thread.sleep(Long.MAX_VALUE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  void stopsWhereTheLossIsNoNumberAndKeepsTheLastGoodCheckpoint() throws IOException {
    TrainingRecipe recipe = TinyTraining.recipe(STEPS);
    Path file = folder.resolve("checkpoint");
    try (TinyTraining tiny = new TinyTraining(folder)) {
      Objective labels = tiny.labels(recipe);
      Map<Integer, Map<String, float[]>> after = new java.util.HashMap<>();
      Objective failing =
          (scope, batch, step) -> {
            after.put(step, tiny.values());
            double loss = labels.accumulate(scope, batch, step);
            return step == 12 ? Double.NaN : loss;
          };
      Trainer trainer =
          new Trainer(
              recipe,
              List.of(tiny.graph.parameters()),
              failing,
              TinyTraining.data(64, recipe.augmentation()),
              Trainer.Options.none().withCheckpoint(file, 5));
      String message = assertThrows(TrainException.class, trainer::run).getMessage();
      assertTrue(message.contains("The loss became NaN in step 13 of 30"), message);
      assertTrue(message.contains("checkpoint after step 10"), message);
      assertTrue(message.contains("Maybe lower the learning rate"), message);
      assertSame(after.get(10), tiny.values());
    }
  }

  @Test
  void aRateThatIsFarTooHighIsNoticed() throws IOException {
    TrainingRecipe recipe = TinyTraining.recipe(40).withSchedule(new Schedule.Cosine(1e5, 0));
    try (TinyTraining tiny = new TinyTraining(folder)) {
      assertThrows(TrainException.class, () -> tiny.train(recipe, Trainer.Options.none()));
    }
  }

  @Test
  void frozenParametersStayAndTheOthersLearn() throws IOException {
    try (TinyTraining tiny = new TinyTraining(folder)) {
      Map<String, float[]> before = tiny.values();
      tiny.graph.parameters().trainOnly(p -> p.name().startsWith("logits"));
      tiny.train(TinyTraining.recipe(10), Trainer.Options.none());
      Map<String, float[]> after = tiny.values();
      assertArrayEquals(before.get("conv.weight"), after.get("conv.weight"));
      assertFalse(java.util.Arrays.equals(before.get("logits.weight"), after.get("logits.weight")));
      tiny.graph.parameters().freeze();
      TrainException e =
          assertThrows(
              TrainException.class,
              () -> tiny.train(TinyTraining.recipe(10), Trainer.Options.none()));
      assertTrue(e.getMessage().contains("No parameter is to be trained"), e.getMessage());
    }
  }

  @Test
  void hundredsOfStepsLeaveNothingBehind() throws IOException {
    TrainingRecipe recipe = TinyTraining.recipe(400);
    try (TinyTraining tiny = new TinyTraining(folder);
        NDManager probe = Torch.newManager()) {
      NDManager root = probe.getParentManager();
      List<Integer> counts = new ArrayList<>();
      tiny.train(
          recipe,
          Trainer.Options.none()
              .withProgress(progress -> {
                if (progress.step() % 100 == 0) {
                  counts.add(root.getManagedArrays().size());
                }
              }));
      assertEquals(counts.getFirst(), counts.getLast(), counts::toString);
      assertEquals(0, tiny.graph.parameters().strayArrays());
    }
  }

  @Test
  void progressTellsSpeedAndTimeLeft() throws IOException {
    long[] clock = {0};
    List<Progress> seen = new ArrayList<>();
    Trainer.Options options =
        new Trainer.Options(Optional.empty(), 1, seen::add, () -> clock[0] += 500_000_000L);
    try (TinyTraining tiny = new TinyTraining(folder)) {
      tiny.train(TinyTraining.recipe(10), options);
    }
    Progress third = seen.get(2);
    assertEquals(16, third.samplesPerSecond(), 1e-9);
    assertEquals(3500, third.left().toMillis());
    assertEquals(3.0 / 8, third.round(), 1e-9);
    assertTrue(third.loss() > 0);
  }

  @Test
  void fewerSamplesThanABatchAreRefused() throws IOException {
    TrainingRecipe recipe = TrainingRecipe.of(5, 65);
    try (TinyTraining tiny = new TinyTraining(folder)) {
      assertThrows(TrainException.class, () -> tiny.train(recipe, Trainer.Options.none()));
    }
  }
}
