package dev.insitu.examples.train;

import ai.djl.ndarray.NDManager;
import dev.insitu.demo.ShapeImages;
import dev.insitu.examples.train.onnx.ModelProto;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Trains the demonstration's model and writes it as ONNX. A run that was stopped goes on after its
 * last whole epoch when it is started again with the same options.
 */
@Command(
    name = "train-demo",
    mixinStandardHelpOptions = true,
    description = "Trains the demonstration's model on generated pictures and writes it as ONNX.")
public final class TrainDemo implements Callable<Integer> {
  private static final int BLOCKS_PER_STAGE = 3;
  private static final long SEED = 20;

  /** Both sides compute in float32 but add in a different order. */
  private static final double LARGEST_DIFFERENCE = 1e-3;

  @Option(
      names = "--out",
      defaultValue = "shapes.onnx",
      description = "File to write (default: ${DEFAULT-VALUE}).")
  private Path out = Path.of("shapes.onnx");

  @Option(names = "--epochs", defaultValue = "12", description = "Default: ${DEFAULT-VALUE}.")
  private int epochs;

  @Option(
      names = "--images",
      defaultValue = "12800",
      description = "New pictures per epoch, a multiple of the batch (default: ${DEFAULT-VALUE}).")
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
    // Read by the engine when it starts: everything comes from the class path.
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
    Recipe recipe = Recipe.of(epochs, images, batch);
    Path checkpointFile = out.resolveSibling(out.getFileName() + ".checkpoint");
    Optional<Checkpoint> checkpoint = Checkpoint.read(checkpointFile, recipe);
    checkpoint.ifPresent(c -> log.printf("going on after epoch %d%n", c.epochsDone()));
    ModelProto start =
        checkpoint
            .map(Checkpoint::model)
            .orElseGet(() -> ResNet.build(BLOCKS_PER_STAGE, ShapeImages.CLASSES.size(), SEED));
    int firstEpoch = checkpoint.map(Checkpoint::epochsDone).orElse(0);
    try (NDManager manager = NDManager.newBaseManager();
        TrainableModel model = new TrainableModel(start, manager)) {
      train(model, recipe, firstEpoch, checkpointFile);
      Checkpoint.replace(out, model.toModel());
      Files.deleteIfExists(checkpointFile);
      return verified(model) ? 0 : 1;
    }
  }

  private void train(TrainableModel model, Recipe recipe, int firstEpoch, Path checkpointFile)
      throws Exception {
    Trainer trainer = new Trainer(model, recipe, firstEpoch);
    Progress progress = new Progress(recipe, firstEpoch, log);
    for (int epoch = firstEpoch; epoch < recipe.epochs(); epoch++) {
      trainer.epoch(epoch, progress);
      new Checkpoint(model.toModel(), epoch + 1).write(checkpointFile, recipe);
      Verification soFar = Verification.of(model, Math.min(testImages, 500));
      log.printf(Locale.ROOT, "accuracy so far %.1f %%%n", 100 * soFar.accuracy());
    }
  }

  private boolean verified(TrainableModel model) throws Exception {
    Verification result = Verification.of(model, testImages);
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
