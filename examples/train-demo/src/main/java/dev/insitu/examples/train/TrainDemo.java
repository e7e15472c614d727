package dev.insitu.examples.train;

import ai.djl.ndarray.NDManager;
import dev.insitu.demo.ShapeImages;
import dev.insitu.model.OnnxModel;
import dev.insitu.train.Classification;
import dev.insitu.train.OptimizerKind;
import dev.insitu.train.Progress;
import dev.insitu.train.Schedule;
import dev.insitu.train.Torch;
import dev.insitu.train.TrainableGraph;
import dev.insitu.train.Trainer;
import dev.insitu.train.TrainingRecipe;
import dev.insitu.train.zoo.ResNet;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Trains the demonstration's model and writes it as ONNX. A run that was stopped goes on after its
 * last checkpoint when it is started again with the same options.
 */
@Command(
    name = "train-demo",
    mixinStandardHelpOptions = true,
    description = "Trains the demonstration's model on generated pictures and writes it as ONNX.")
public final class TrainDemo implements Callable<Integer> {
  private static final int BLOCKS_PER_STAGE = 3;
  private static final long SEED = 20;
  private static final int STEPS_PER_CHECKPOINT = 50;
  private static final int STEPS_PER_LINE = 20;

  /** Both sides compute in float32 but add in a different order. */
  private static final double LARGEST_DIFFERENCE = 1e-3;

  @Option(
      names = "--out",
      defaultValue = "shapes.onnx",
      description = "File to write (default: ${DEFAULT-VALUE}).")
  private Path out = Path.of("shapes.onnx");

  @Option(
      names = "--epochs",
      defaultValue = "12",
      description = "How many times so many pictures (default: ${DEFAULT-VALUE}).")
  private int epochs;

  @Option(
      names = "--images",
      defaultValue = "12800",
      description = "New pictures per epoch (default: ${DEFAULT-VALUE}).")
  private int images;

  @Option(names = "--batch", defaultValue = "128", description = "Default: ${DEFAULT-VALUE}.")
  private int batch;

  @Option(
      names = "--test-images",
      defaultValue = "2000",
      description = "Pictures to measure accuracy on (default: ${DEFAULT-VALUE}).")
  private int testImages;

  @Option(
      names = "--threads",
      defaultValue = "1",
      description = "More than one pays only on idle cores (default: ${DEFAULT-VALUE}).")
  private int threads;

  private final PrintStream log;

  TrainDemo(PrintStream log) {
    this.log = log;
  }

  /** Entry point; the exit status is 0 if the written model was verified. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new TrainDemo(System.out)).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    Path whole = out.toAbsolutePath();
    Files.createDirectories(whole.getParent());
    Path start = whole.resolveSibling(whole.getFileName() + ".start");
    Path checkpoint = whole.resolveSibling(whole.getFileName() + ".checkpoint");
    Files.write(start, fresh());
    try (NDManager manager = Torch.newManager();
        OnnxModel model = OnnxModel.open(start);
        TrainableGraph graph = TrainableGraph.of(model, manager)) {
      Torch.setThreads(threads);
      train(graph, checkpoint);
      graph.writeTo(whole);
      Files.deleteIfExists(checkpoint);
      return verified(graph) ? 0 : 1;
    } finally {
      Files.deleteIfExists(start);
    }
  }

  private static byte[] fresh() {
    int classes = ShapeImages.CLASSES.size();
    return ResNet.build("shapes", "insitu-train-demo", BLOCKS_PER_STAGE, classes, SEED)
        .toByteArray();
  }

  /** All epochs' pictures differ, so they are one round through very many. */
  private void train(TrainableGraph graph, Path checkpoint) throws IOException {
    DrawnPictures pictures =
        new DrawnPictures(ShapeImages.TRAIN_SEED, Math.multiplyExact(epochs, images));
    TrainingRecipe recipe =
        TrainingRecipe.of(TrainingRecipe.stepsFor(1, pictures.count(), batch), batch)
            .withOptimizer(new OptimizerKind.Sgd(0.9, false, 5e-4))
            .withSchedule(new Schedule.Cosine(0.1, 0.05));
    if (Files.exists(checkpoint)) {
      log.println("going on after the last checkpoint");
    }
    Trainer.Options options =
        Trainer.Options.none()
            .withCheckpoint(checkpoint, STEPS_PER_CHECKPOINT)
            .withProgress(this::report);
    Classification objective = new Classification(graph, ResNet.OUTPUT, recipe, Optional.empty());
    new Trainer(recipe, List.of(graph.parameters()), objective, pictures, options).run();
  }

  private void report(Progress progress) {
    if (progress.step() % STEPS_PER_LINE == 0 || progress.step() == progress.steps()) {
      log.printf(
          Locale.ROOT,
          "step %d/%d  loss %.3f  %.0f images/s  %d s left%n",
          progress.step(),
          progress.steps(),
          progress.smoothLoss(),
          progress.samplesPerSecond(),
          progress.left().toSeconds());
    }
  }

  private boolean verified(TrainableGraph graph) throws Exception {
    Verification result = Verification.of(graph, out, testImages);
    log.printf(
        Locale.ROOT,
        "%s: %d bytes, %.2f %% of %d test pictures in ONNX Runtime, logits within %.1e%n",
        out,
        Files.size(out),
        100 * result.accuracy(),
        testImages,
        result.largestDifference());
    return result.largestDifference() <= LARGEST_DIFFERENCE;
  }
}
