package dev.insitu.cli;

import dev.insitu.lab.fig3.Fig3;
import dev.insitu.lab.fig3.Point;
import dev.insitu.lab.fig3.Settings;
import dev.insitu.lab.split.SplitPicture;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code insitu lab}: experiments with packages. */
@Command(
    name = "lab",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "EXPERIMENT",
    description = "Carries out experiments with packages and draws what comes out.",
    footerHeading = "%nExample:%n",
    footer = "  insitu lab fig3 --root resnet18.onnx --data cifar-100/ --out fig3/",
    subcommands = {LabCommand.Figure3.class, LabCommand.Split.class})
final class LabCommand {

  /** {@code insitu lab split}: who should compute. */
  @Command(
      name = "split",
      mixinStandardHelpOptions = true,
      description =
          "Draws who is through first, a device, a server or both together, over rates, speeds and numbers of inferences, from what 'insitu bench plan --only split --json' printed.",
      footerHeading = "%nExample:%n",
      footer = {
        "  insitu bench plan --only split --json > run.json",
        "  insitu lab split run.json --plot split.png"
      })
  static final class Split implements Callable<Integer> {

    @Mixin private Console console;

    @Parameters(paramLabel = "RUN.json", description = "What was printed.")
    private Path recorded;

    @Option(
        names = "--plot",
        paramLabel = "FILE.png",
        defaultValue = "split.png",
        description = "Where it is drawn; by default ${DEFAULT-VALUE}.")
    private Path plot;

    @Override
    public Integer call() throws IOException {
      int cells = SplitPicture.draw(recorded, plot);
      console.print(
          Map.of("picture", plot.toString(), "cells", cells), plot + "  " + cells + " cells");
      return 0;
    }
  }

  /** {@code insitu lab fig3}: accuracy against size. */
  @Command(
      name = "fig3",
      mixinStandardHelpOptions = true,
      description =
          "Measures accuracy against the size of sub-models: depth, parameters, bits, and all of them from one package; each not re-trained, re-trained together, and re-trained for each size alone. Killed and started again, it goes on.",
      footerHeading = "%nExample:%n",
      footer = "  insitu lab fig3 --root resnet18.onnx --data cifar-100/ --out fig3/")
  static final class Figure3 implements Callable<Integer> {

    @Mixin private Console console;

    @Option(
        names = "--root",
        required = true,
        paramLabel = "MODEL.onnx",
        description = "The root: a classifier of 32 x 32 pictures.")
    private Path root;

    @Option(
        names = "--data",
        required = true,
        paramLabel = "DIR",
        description = "Folder with train.bin and test.bin in CIFAR-100's binary layout.")
    private Path data;

    @Option(
        names = "--out",
        paramLabel = "DIR",
        defaultValue = "fig3",
        description = "Where everything is kept; by default ${DEFAULT-VALUE}.")
    private Path out;

    @Option(
        names = "--packages",
        paramLabel = "DIR",
        description = "Draw again, without training, from packages and points that are kept there.")
    private @Nullable Path packages;

    @Option(
        names = "--steps",
        paramLabel = "N",
        defaultValue = "" + Settings.DEFAULT_STEPS,
        description = "Steps of each training; by default ${DEFAULT-VALUE}.")
    private int steps;

    @Option(
        names = "--batch",
        paramLabel = "N",
        defaultValue = "" + Settings.DEFAULT_BATCH,
        description = "Pictures in a step; by default ${DEFAULT-VALUE}.")
    private int batch;

    @Option(
        names = "--test-pictures",
        paramLabel = "N",
        defaultValue = "" + Integer.MAX_VALUE,
        description = "Most test pictures to measure with; by default all.")
    private int testPictures;

    @Option(
        names = "--threads",
        paramLabel = "N",
        defaultValue = "2",
        description = "Threads of training; by default ${DEFAULT-VALUE}.")
    private int threads;

    @Option(
        names = "--seed",
        paramLabel = "N",
        defaultValue = "1",
        description = "Of the order of pictures and of fresh weights; by default ${DEFAULT-VALUE}.")
    private long seed;

    @Override
    public Integer call() throws IOException {
      Settings settings =
          new Settings(
              root,
              data,
              out,
              Optional.ofNullable(packages),
              steps,
              batch,
              testPictures,
              threads,
              seed);
      Fig3.Result result;
      try (ProgressBar bar = new ProgressBar(console.err())) {
        result =
            new Fig3(settings, (what, done, total, left) -> bar.show(what, done, total, left))
                .run();
        bar.finish();
      }
      report(result);
      return 0;
    }

    private void report(Fig3.Result result) {
      if (console.json()) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("points", result.points().stream().map(Figure3::json).toList());
        object.put("csv", result.csv().toString());
        object.put("picture", result.picture().toString());
        object.put("kept", result.kept().toString());
        console.printJson(object);
        return;
      }
      console.print(
          "%-22s  %-21s  %-26s  %8s  %8s",
          "technique", "re-training", "sub-model", "size", "right");
      for (Point point : sorted(result.points())) {
        console.print(
            "%-22s  %-21s  %-26s  %6.2f %%  %6.2f %%",
            point.technique().title(),
            point.retraining().title(),
            point.model(),
            100 * point.size(),
            100 * point.accuracy());
      }
      console.print("%s  %s  %s", result.csv(), result.picture(), result.kept());
    }

    private static List<Point> sorted(List<Point> points) {
      return points.stream()
          .sorted(
              Comparator.comparing(Point::technique)
                  .thenComparing(Point::retraining)
                  .thenComparingLong(Point::bytes))
          .toList();
    }

    private static Map<String, Object> json(Point point) {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("technique", point.technique().name().toLowerCase(Locale.ROOT));
      object.put("retraining", point.retraining().name().toLowerCase(Locale.ROOT));
      object.put("model", point.model());
      object.put("bytes", point.bytes());
      object.put("size", point.size());
      object.put("bitErrorRate", point.bitErrorRate());
      object.put("accuracy", point.accuracy());
      object.put("pictures", point.pictures());
      return object;
    }
  }
}
