package dev.insitu.cli;

import dev.insitu.elastic.ValueSpec;
import dev.insitu.forge.CutOptions;
import dev.insitu.forge.ExitHead;
import dev.insitu.forge.Forge;
import dev.insitu.forge.ForgeOptions;
import dev.insitu.forge.samples.PictureReader;
import dev.insitu.forge.samples.Pictures;
import dev.insitu.forge.samples.SampleReader;
import dev.insitu.forge.samples.SampleReader.Normalisation;
import dev.insitu.forge.samples.Samples;
import dev.insitu.model.OnnxModel;
import dev.insitu.model.SegmentPlan;
import dev.insitu.model.width.ChannelGroups;
import dev.insitu.train.Augmentation;
import dev.insitu.train.PictureData;
import dev.insitu.train.SampleData;
import dev.insitu.train.Schedule;
import dev.insitu.train.Torch;
import dev.insitu.train.Trainer;
import dev.insitu.train.TrainingData;
import dev.insitu.train.TrainingRecipe;
import dev.insitu.train.TrainingRecipe.Distillation;
import dev.insitu.train.exits.ExitPlace;
import dev.insitu.train.exits.ExitTraining;
import dev.insitu.train.nested.Family;
import dev.insitu.train.nested.FamilyTraining;
import dev.insitu.train.nested.Nesting;
import dev.insitu.train.nested.WidthAxis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code insitu forge}: a package with parts that have to be learnt. */
@Command(
    name = "forge",
    mixinStandardHelpOptions = true,
    description =
        "Makes a package as 'insitu pack' does, after re-training the model so that its sub-models of few bits are good, and training exits with which a device can answer early or with a part of the model. Killed and started again, it goes on.",
    footerHeading = "%nExample:%n",
    footer = {
      "  insitu forge resnet.onnx --recipe recipe.json -o resnet.insitu",
      "  (recipe.json: {\"samples\": \"images/\", \"retrain\": {\"epochs\": 2}, \"exits\": {\"count\": 2}})"
    })
final class ForgeCommand implements Callable<Integer> {

  private static final int PICTURE_RANK = 4;
  private static final int STEPS_PER_CHECKPOINT = 200;
  private static final double TEMPERATURE = 2;
  private static final double WARM_UP = 0.2;
  private static final double LONGEST_GRADIENT = 5;

  @Mixin private Console console;

  @Mixin private PackTarget target;

  @Option(
      names = "--recipe",
      required = true,
      paramLabel = "RECIPE.json",
      description = "What to learn, from which samples.")
  private Path recipeFile;

  @Option(
      names = "--work",
      paramLabel = "DIR",
      description =
          "Where checkpoints are kept; by default OUT.insitu.work, which goes at the end.")
  private @Nullable Path work;

  @Option(
      names = "--keep-root",
      description =
          "Put the model itself into the re-trained family's package too, bit for bit: 'insitu export --root' gives it back.")
  private boolean keepRoot;

  @Override
  public Integer call() throws IOException {
    ForgeRecipe recipe = ForgeRecipe.read(recipeFile);
    if (keepRoot && recipe.retrain().isEmpty()) {
      throw new CliException(
          "--keep-root is for a re-trained family; "
              + recipeFile
              + " does not re-train, so the package ends with the model itself."
              + "\nMaybe leave --keep-root out, or add \"retrain\" to the recipe.");
    }
    Path model = target.model();
    Path output = target.output();
    Path directory = work != null ? work : output.resolveSibling(output.getFileName() + ".work");
    Files.createDirectories(directory);
    long started = System.nanoTime();
    Forge.Result result;
    Leftovers leftovers = new Leftovers(output);
    try (ProgressBar bar = new ProgressBar(console.err())) {
      result = pack(recipe, source(recipe, directory, bar), directory, bar);
      bar.finish();
    } finally {
      leftovers.close();
    }
    PackReport.print(console, model, output, result, (System.nanoTime() - started) * 1e-9);
    if (work == null) {
      clear(directory);
    }
    return 0;
  }

  /**
   * What is packed.
   *
   * @param onnx the model
   * @param options that follow from how it was made
   * @param heads that have been trained with it
   */
  private record Source(Path onnx, UnaryOperator<ForgeOptions> options, List<ExitHead> heads) {}

  /** The root, or the family that is re-trained from where an earlier start has come to. */
  private Source source(ForgeRecipe recipe, Path directory, ProgressBar bar) throws IOException {
    if (recipe.retrain().isEmpty()) {
      return new Source(target.model(), options -> options, List.of());
    }
    try (OnnxModel root = OnnxModel.open(target.model())) {
      ForgeRecipe.Training how = recipe.retrain().get();
      Lessons lessons = lessons(recipe, how, Forge.inputs(root));
      Trainer.Options options = training(directory.resolve("family.checkpoint"), "family", bar);
      TrainingRecipe training = training(how, lessons).withClipNorm(LONGEST_GRADIENT);
      Nesting nesting = nesting(recipe, root);
      Family family =
          new FamilyTraining(root, lessons.data(), training, nesting, options).train(directory);
      return new Source(
          family.onnx(),
          packing ->
              packing
                  .withParent(target.model())
                  .withRootKept(keepRoot)
                  .withWidths(recipe.nesting().widths())
                  .withTraining(family.training()),
          family.exits());
    }
  }

  private Nesting nesting(ForgeRecipe recipe, OnnxModel root) throws IOException {
    ForgeRecipe.Together together = recipe.nesting();
    Nesting nesting =
        (together.bits() ? Nesting.BITS : Nesting.NONE)
            .withBitPrice(together.price())
            .withDrawn(together.drawn());
    if (!together.widths().isEmpty()) {
      nesting = nesting.withWidths(widths(recipe, root));
    }
    return recipe.exits().joint()
        ? nesting.withExits(places(recipe, Forge.plan(root, options(recipe, root))))
        : nesting;
  }

  private WidthAxis widths(ForgeRecipe recipe, OnnxModel root) throws IOException {
    List<Double> shares = recipe.nesting().widths();
    ChannelGroups groups = ChannelGroups.of(root);
    ForgeOptions options = options(recipe, root).withWidths(shares);
    return new WidthAxis(groups, Forge.channelOrders(groups, options), shares, false);
  }

  private Forge.Result pack(ForgeRecipe recipe, Source source, Path directory, ProgressBar bar)
      throws IOException {
    try (OnnxModel root = OnnxModel.open(source.onnx())) {
      ForgeOptions options = source.options().apply(options(recipe, root));
      List<ExitHead> heads =
          recipe.exits().joint()
              ? source.heads()
              : heads(recipe, root, Forge.plan(root, options), directory, bar);
      return Forge.pack(source.onnx(), target.output(), options.withExits(heads), bar::show);
    }
  }

  private ForgeOptions options(ForgeRecipe recipe, OnnxModel root) throws IOException {
    SampleReader reader = new SampleReader(Forge.inputs(root), normalisation(recipe));
    Samples learnt = reader.read(recipe.samples(), recipe.most());
    Samples calibration = recipe.labels() ? learnt : learnt.withoutLabels();
    Samples measured =
        recipe.measure() == null ? calibration : reader.read(recipe.measure(), recipe.most());
    ForgeOptions options =
        target
            .options(true)
            .withSamples(measured)
            .withCalibration(calibration)
            .withCuts(new CutOptions(recipe.exits().at(), recipe.featureBits()));
    if (recipe.segments().isPresent()) {
      options = options.withMaxSegments(recipe.segments().getAsInt());
    }
    return options;
  }

  private static Normalisation normalisation(ForgeRecipe recipe) {
    return new Normalisation(floats(recipe.mean()), floats(recipe.std()));
  }

  private static float[] floats(List<Float> values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i);
    }
    return floats;
  }

  private static List<ExitHead> heads(
      ForgeRecipe recipe, OnnxModel root, SegmentPlan plan, Path directory, ProgressBar bar)
      throws IOException {
    List<ExitPlace> places = places(recipe, plan);
    if (places.isEmpty()) {
      return List.of();
    }
    Lessons lessons = lessons(recipe, recipe.training(), Forge.inputs(root));
    Trainer.Options options = training(directory.resolve("exits.checkpoint"), "exits", bar);
    return new ExitTraining(root, lessons.data(), training(recipe.training(), lessons), options)
        .train(places, directory);
  }

  private static List<ExitPlace> places(ForgeRecipe recipe, SegmentPlan plan) {
    ForgeRecipe.Exits exits = recipe.exits();
    List<ExitPlace> places;
    if (exits.count() > 0) {
      places = ExitPlace.spread(plan, exits.count());
    } else if (!exits.at().isEmpty()) {
      places = ExitPlace.near(plan, exits.at());
    } else {
      places = exits.after().stream().map(after -> ExitPlace.at(plan, after)).toList();
    }
    return places.stream().map(place -> place.withLayers(exits.layers())).toList();
  }

  private static Trainer.Options training(Path checkpoint, String what, ProgressBar bar) {
    return Trainer.Options.none()
        .withCheckpoint(checkpoint, STEPS_PER_CHECKPOINT)
        .withProgress(progress -> bar.show("training " + what, progress.step(), progress.steps()));
  }

  /**
   * What is learnt from.
   *
   * @param labelled whether labels are known and to be learnt
   */
  private record Lessons(TrainingData data, boolean labelled) {}

  private static TrainingRecipe training(ForgeRecipe.Training how, Lessons lessons) {
    Torch.setThreads(how.threads());
    int samples = lessons.data().count();
    int batch = Math.min(how.batch(), samples);
    return TrainingRecipe.of(TrainingRecipe.stepsFor(how.epochs(), samples, batch), batch)
        .withSchedule(new Schedule.OneCycle(how.rate(), WARM_UP))
        .withDistillation(new Distillation(lessons.labelled() ? 0.5 : 1, TEMPERATURE))
        .withSeed(how.seed());
  }

  private static Lessons lessons(
      ForgeRecipe recipe, ForgeRecipe.Training how, List<ValueSpec> inputs) throws IOException {
    ValueSpec first = inputs.getFirst();
    boolean pictures =
        inputs.size() == 1
            && first.ranked()
            && first.dims().size() == PICTURE_RANK
            && PictureReader.reads(recipe.samples());
    if (pictures) {
      return pictures(recipe, how, first);
    }
    Samples samples =
        new SampleReader(inputs, normalisation(recipe)).read(recipe.samples(), Integer.MAX_VALUE);
    return new Lessons(new SampleData(samples), recipe.labels() && samples.labels().isPresent());
  }

  private static Lessons pictures(ForgeRecipe recipe, ForgeRecipe.Training how, ValueSpec input)
      throws IOException {
    int[] dims = input.dims().stream().mapToInt(dim -> dim < 0 ? -1 : dim.intValue()).toArray();
    Pictures pictures =
        new PictureReader(dims[1], dims[2], dims[3]).read(recipe.samples(), Integer.MAX_VALUE);
    Augmentation augmentation = new Augmentation(how.padding(), how.flip());
    return new Lessons(
        new PictureData(pictures, input.name(), normalisation(recipe), augmentation),
        recipe.labels() && pictures.isLabelled());
  }

  private static void clear(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(directory);
  }
}
