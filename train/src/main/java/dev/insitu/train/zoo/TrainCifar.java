package dev.insitu.train.zoo;

import ai.djl.ndarray.NDManager;
import dev.insitu.forge.samples.PictureReader;
import dev.insitu.forge.samples.Pictures;
import dev.insitu.forge.samples.SampleReader.Normalisation;
import dev.insitu.model.OnnxModel;
import dev.insitu.train.Accuracy;
import dev.insitu.train.Augmentation;
import dev.insitu.train.Classification;
import dev.insitu.train.PictureData;
import dev.insitu.train.Progress;
import dev.insitu.train.Schedule;
import dev.insitu.train.Torch;
import dev.insitu.train.TrainableGraph;
import dev.insitu.train.Trainer;
import dev.insitu.train.TrainingData;
import dev.insitu.train.TrainingRecipe;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Trains ResNet-20 on pictures in CIFAR's binary layout from nothing and writes it as ONNX. Killed
 * and started again with the same arguments, it goes on after its last checkpoint.
 *
 * <p>Arguments: the folder with {@code train.bin} and {@code test.bin}, the ONNX file to write, how
 * many rounds through the samples, and the number of classes.
 */
public final class TrainCifar {

  private static final int BLOCKS_PER_STAGE = 3;
  private static final int BATCH = 128;
  private static final int STEPS_PER_CHECKPOINT = 200;
  private static final int THREADS = 2;
  private static final long SEED = 20;

  /** Of CIFAR-100's training pictures. */
  private static final Normalisation NORMALISATION =
      new Normalisation(
          new float[] {0.5071f, 0.4865f, 0.4409f}, new float[] {0.2673f, 0.2564f, 0.2762f});

  private final Path folder;
  private final Path out;
  private final int epochs;
  private final int classes;
  private final PrintStream log;

  private TrainCifar(Path folder, Path out, int epochs, int classes, PrintStream log) {
    this.folder = folder;
    this.out = out;
    this.epochs = epochs;
    this.classes = classes;
    this.log = log;
  }

  public static void main(String[] args) throws IOException {
    if (args.length != 4) {
      System.err.println("usage: TrainCifar FOLDER OUT.onnx EPOCHS CLASSES");
      System.exit(2);
    }
    Path out = Path.of(args[1]).toAbsolutePath();
    new TrainCifar(
            Path.of(args[0]), out, Integer.parseInt(args[2]), Integer.parseInt(args[3]), System.out)
        .run();
  }

  private void run() throws IOException {
    Path start = out.resolveSibling(out.getFileName() + ".start");
    Files.write(
        start, ResNet.build("resnet20", "insitu", BLOCKS_PER_STAGE, classes, SEED).toByteArray());
    try (NDManager manager = Torch.newManager();
        OnnxModel model = OnnxModel.open(start);
        TrainableGraph graph = TrainableGraph.of(model, manager)) {
      Torch.setThreads(THREADS);
      train(graph);
      graph.writeTo(out);
      TrainingData test = data(pictures("test.bin"), Augmentation.NONE);
      double accuracy = Accuracy.of(graph, ResNet.OUTPUT, test, test.count(), BATCH);
      log.printf(
          Locale.ROOT, "%s: %.2f %% of %d test pictures%n", out, 100 * accuracy, test.count());
    } finally {
      Files.deleteIfExists(start);
    }
  }

  private void train(TrainableGraph graph) throws IOException {
    TrainingData data = data(pictures("train.bin"), Augmentation.CIFAR);
    TrainingRecipe recipe =
        TrainingRecipe.of(TrainingRecipe.stepsFor(epochs, data.count(), BATCH), BATCH)
            .withSchedule(new Schedule.OneCycle(0.2, 0.25))
            .withLabelSmoothing(0.05)
            .withAugmentation(Augmentation.CIFAR)
            .withSeed(SEED);
    Trainer.Options options =
        Trainer.Options.none()
            .withCheckpoint(
                out.resolveSibling(out.getFileName() + ".checkpoint"), STEPS_PER_CHECKPOINT)
            .withProgress(this::report);
    Classification objective = new Classification(graph, ResNet.OUTPUT, recipe, Optional.empty());
    new Trainer(recipe, List.of(graph.parameters()), objective, data, options).run();
  }

  private Pictures pictures(String file) throws IOException {
    return new PictureReader(3, 32, 32)
        .read(folder.resolve(file), Integer.MAX_VALUE)
        .requireClasses(classes);
  }

  private static TrainingData data(Pictures pictures, Augmentation augmentation) {
    return new PictureData(pictures, ResNet.INPUT, NORMALISATION, augmentation);
  }

  private void report(Progress progress) {
    if (progress.step() % 50 == 0) {
      log.printf(
          Locale.ROOT,
          "step %d/%d  epoch %.2f  loss %.3f  rate %.4f  %.0f images/s  %d s left%n",
          progress.step(),
          progress.steps(),
          progress.round(),
          progress.smoothLoss(),
          progress.rate(),
          progress.samplesPerSecond(),
          progress.left().toSeconds());
      log.flush();
    }
  }
}
