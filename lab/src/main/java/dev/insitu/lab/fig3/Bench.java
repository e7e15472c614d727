package dev.insitu.lab.fig3;

import dev.insitu.elastic.Digest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.forge.Forge;
import dev.insitu.forge.ForgeOptions;
import dev.insitu.lab.LabException;
import dev.insitu.model.OnnxModel;
import dev.insitu.runtime.OnnxEnvironment;
import dev.insitu.train.Augmentation;
import dev.insitu.train.OptimizerKind;
import dev.insitu.train.Schedule;
import dev.insitu.train.Torch;
import dev.insitu.train.Trainer;
import dev.insitu.train.TrainingRecipe;
import dev.insitu.train.TrainingRecipe.Distillation;
import dev.insitu.train.nested.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * What all parts of the experiment work with: the root, the pictures, and the folder in which
 * everything that took time is kept.
 */
final class Bench {

  private static final int STEPS_PER_CHECKPOINT = 100;
  private static final double MOMENTUM = 0.9;
  private static final double RATE = 0.03;
  private static final double WARM_UP = 0.05;
  private static final double TEACHER = 0.5;
  private static final double TEMPERATURE = 2;
  private static final double LONGEST_GRADIENT = 5;

  private final Settings settings;
  private final PictureSet pictures;
  private final Judge judge;
  private final Judge chooser;
  private final PointFile points;
  private final PointFile choices;
  private final long rootBytes;
  private final String output;

  /** Writes a file under the name that it is handed. */
  @FunctionalInterface
  interface Making {
    void to(Path file) throws IOException;
  }

  /** A model and how it is packed. */
  record Packing(Path model, ForgeOptions options) {}

  /** Finds or makes a model. */
  @FunctionalInterface
  interface Finding {
    Packing get() throws IOException;
  }

  private Bench(
      Settings settings,
      PictureSet pictures,
      PointFile points,
      PointFile choices,
      long rootBytes,
      String output) {
    this.settings = settings;
    this.pictures = pictures;
    this.points = points;
    this.choices = choices;
    this.rootBytes = rootBytes;
    this.output = output;
    this.judge = new Judge(pictures.test(), pictures.input(), output);
    this.chooser = new Judge(pictures.choices(), pictures.input(), output);
  }

  /**
   * Sets it up.
   *
   * @throws LabException if the root or the pictures do not fit, or the folder holds an experiment
   *     with other settings
   */
  static Bench open(Settings settings) throws IOException {
    Files.createDirectories(settings.out().resolve("models"));
    Files.createDirectories(settings.out().resolve("packages"));
    try (OnnxModel root = OnnxModel.open(settings.root())) {
      requireSame(settings, root);
      if (root.inputs().size() != 1) {
        throw new LabException(
            settings.root() + " has " + root.inputs().size() + " inputs; pictures are one.");
      }
      String input = root.inputs().getFirst().name();
      PictureSet pictures = PictureSet.read(settings.data(), settings.testPictures(), input);
      Torch.setThreads(settings.threads());
      OnnxEnvironment.configure(settings.threads(), false); // others may train beside
      return new Bench(
          settings,
          pictures,
          PointFile.open(settings.out().resolve("points.csv")),
          PointFile.open(settings.out().resolve("choices.csv")),
          Float.BYTES * root.parameterCount(),
          root.outputs().getFirst().name());
    }
  }

  /** A folder belongs to one root and one way of training. */
  private static void requireSame(Settings settings, OnnxModel root) throws IOException {
    Path file = settings.out().resolve("settings.txt");
    String mine =
        String.join(
            "\n",
            "root " + Digest.of(root.sha256()).hex(),
            "steps " + settings.steps(),
            "batch " + settings.batch(),
            "test pictures at most " + settings.testPictures(),
            "seed " + settings.seed(),
            "");
    if (!Files.exists(file)) {
      Files.writeString(file, mine);
    }
    String begun = Files.readString(file);
    if (!begun.equals(mine)) {
      throw new LabException(
          settings.out()
              + " holds an experiment that was begun with\n"
              + begun.indent(2)
              + "and this one is with\n"
              + mine.indent(2)
              + "Maybe choose another folder, or remove that one.");
    }
  }

  Settings settings() {
    return settings;
  }

  PictureSet pictures() {
    return pictures;
  }

  /** Name of the models' output. */
  String output() {
    return output;
  }

  /** How a family of the root is packed. */
  ForgeOptions options(String name, Family family) {
    return ForgeOptions.of(name, "1")
        .withTraining(family.training())
        .withParent(settings.root())
        .withExits(family.exits());
  }

  /** Measured so far. */
  List<Point> points() {
    return points.points();
  }

  /** The root in float32. */
  long rootBytes() {
    return rootBytes;
  }

  /** A sub-model on the pictures that choices are made on. */
  Point preliminary(Technique technique, Retraining retraining, Packaged model, PackageFile family)
      throws IOException {
    String name = model.toString();
    Optional<Point> known = choices.find(technique, retraining, name, 0);
    if (known.isEmpty()) {
      Path file = temporary(".onnx");
      try {
        model.export(family, settings.out(), file);
        long bytes = model.bytes(family.manifest());
        add(chooser, choices, technique, retraining, name, bytes, file);
      } finally {
        Files.deleteIfExists(file);
      }
    }
    return choices.find(technique, retraining, name, 0).orElseThrow();
  }

  /** How every training goes, so that all are comparable. */
  TrainingRecipe recipe() {
    int batch = Math.min(settings.batch(), pictures.learnt().count());
    return TrainingRecipe.of(settings.steps(), batch)
        .withOptimizer(new OptimizerKind.Sgd(MOMENTUM, true, 0))
        .withSchedule(new Schedule.Cosine(RATE, WARM_UP))
        .withDistillation(new Distillation(TEACHER, TEMPERATURE))
        .withAugmentation(Augmentation.CIFAR)
        .withClipNorm(LONGEST_GRADIENT)
        .withSeed(settings.seed());
  }

  /** Training that goes on after a kill and says how far it is. */
  Trainer.Options training(String name, Job.Told told) {
    return Trainer.Options.none()
        .withCheckpoint(checkpoint(name), STEPS_PER_CHECKPOINT)
        .withProgress(progress -> told.update(progress.step(), progress.steps()));
  }

  private Path checkpoint(String name) {
    return settings.out().resolve("models").resolve(name + ".checkpoint");
  }

  /** Removes what a training that is done would go on from. */
  void forget(String name) throws IOException {
    Files.deleteIfExists(checkpoint(name));
  }

  /** A model that is made if it is not there, whole or not at all. */
  Path model(String name, Making making) throws IOException {
    Path file = settings.out().resolve("models").resolve(name + ".onnx");
    if (!Files.exists(file)) {
      Path fresh = file.resolveSibling(name + ".part.onnx");
      making.to(fresh);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      forget(name);
    }
    return file;
  }

  /** A package that is made if it is not there; kept. */
  PackageFile pack(String name, Finding model, Job.Told told) throws IOException {
    Path file = settings.out().resolve("packages").resolve(name + ".insitu");
    if (!Files.exists(file)) {
      Packing packing = model.get();
      Forge.pack(
          packing.model(),
          file,
          packing.options(),
          (what, done, total) -> told.update(done, total));
    }
    return PackageFile.open(file, Trust.anybody());
  }

  /** Uses a package. */
  @FunctionalInterface
  interface Using {
    void of(PackageFile file) throws IOException;
  }

  /** Packs for a moment. */
  void packed(Packing packing, Using using) throws IOException {
    Path file = temporary(".insitu");
    try {
      Forge.pack(packing.model(), file, packing.options(), (what, done, total) -> {});
      try (PackageFile opened = PackageFile.open(file, Trust.anybody())) {
        using.of(opened);
      }
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /** A file that is gone at the end of the process at the latest. */
  Path temporary(String ending) throws IOException {
    Path file = Files.createTempFile(settings.out(), "lab", ending);
    file.toFile().deleteOnExit();
    return file;
  }

  /** Whether a sub-model was measured. */
  boolean isMeasured(Technique technique, Retraining retraining, String model) {
    return points.find(technique, retraining, model, 0).isPresent();
  }

  /** Whether all of some sub-models were measured. */
  boolean areMeasured(Technique technique, Retraining retraining, List<String> models) {
    return models.stream().allMatch(model -> isMeasured(technique, retraining, model));
  }

  /**
   * Measures a sub-model on the test pictures, unless it was measured before.
   *
   * @param bytes as they are sent
   * @param making writes it as ONNX
   */
  void measure(Technique technique, Retraining retraining, String model, long bytes, Making making)
      throws IOException {
    if (isMeasured(technique, retraining, model)) {
      return;
    }
    Path file = temporary(".onnx");
    try {
      making.to(file);
      measure(technique, retraining, model, bytes, file);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /** Measures a sub-model of a package. */
  void measure(Technique technique, Retraining retraining, Packaged model, PackageFile family)
      throws IOException {
    measure(
        technique,
        retraining,
        model.toString(),
        model.bytes(family.manifest()),
        file -> model.export(family, settings.out(), file));
  }

  /** Measures a model that is sent in float32. */
  void measureFloats(Technique technique, Retraining retraining, String model, Making making)
      throws IOException {
    if (!isMeasured(technique, retraining, model)) {
      Path file = temporary(".onnx");
      try {
        making.to(file);
        measureFloats(technique, retraining, model, file);
      } finally {
        Files.deleteIfExists(file);
      }
    }
  }

  /** Measures a model that is there, and is sent in float32. */
  void measureFloats(Technique technique, Retraining retraining, String model, Path file)
      throws IOException {
    measure(technique, retraining, model, Sizes.float32(file), file);
  }

  private void measure(
      Technique technique, Retraining retraining, String model, long bytes, Path file)
      throws IOException {
    if (!isMeasured(technique, retraining, model)) {
      add(judge, points, technique, retraining, model, bytes, file);
    }
  }

  private void add(
      Judge by,
      PointFile to,
      Technique technique,
      Retraining retraining,
      String model,
      long bytes,
      Path file)
      throws IOException {
    double size = (double) bytes / rootBytes;
    double accuracy = by.accuracy(file);
    to.add(new Point(technique, retraining, model, bytes, size, 0, accuracy, by.pictures()));
  }

  /** Keeps a point. */
  void add(Point point) throws IOException {
    if (points
        .find(point.technique(), point.retraining(), point.model(), point.bitErrorRate())
        .isEmpty()) {
      points.add(point);
    }
  }
}
