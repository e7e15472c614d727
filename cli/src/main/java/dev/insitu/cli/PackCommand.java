package dev.insitu.cli;

import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.forge.CutOptions;
import dev.insitu.forge.ExitHead;
import dev.insitu.forge.Forge;
import dev.insitu.forge.ForgeOptions;
import dev.insitu.forge.samples.GeneratedSamples;
import dev.insitu.forge.samples.SampleException;
import dev.insitu.forge.samples.SampleReader;
import dev.insitu.forge.samples.Samples;
import dev.insitu.model.OnnxModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code insitu pack}: an ONNX model becomes an elastic package. */
@Command(
    name = "pack",
    mixinStandardHelpOptions = true,
    description =
        "Makes an elastic package of an ONNX model: every sub-model inside, the root bit for bit at the end.",
    footerHeading = "%nExample:%n",
    footer = {
      "  insitu pack resnet.onnx -o resnet.insitu --samples images.npz",
      "  insitu pack resnet-v2.onnx -o resnet-v2.insitu --tag v2 --base resnet.insitu",
      "  insitu pack resnet.onnx -o resnet.insitu --samples images.npz --exit 2=head.onnx",
      "  insitu pack resnet.onnx -o resnet.insitu --samples images.npz --width 0.25,0.5"
    })
final class PackCommand implements Callable<Integer> {

  private static final Pattern EXIT = Pattern.compile("([0-9]{1,6})=(.+)");

  @Mixin private Console console;
  @Mixin private TrustOptions trust;

  @Mixin private PackTarget target;

  @Option(
      names = "--samples",
      paramLabel = "FILE",
      description =
          "Inputs to measure with, and labels if there are any: .npz, .npy, CIFAR's .bin, or raw values.")
  private @Nullable Path samplesFile;

  @Option(
      names = "--max-samples",
      defaultValue = "512",
      description = "Most samples to measure with (default: ${DEFAULT-VALUE}).")
  private int maxSamples;

  @Option(
      names = "--mean",
      split = ",",
      paramLabel = "M",
      description = "Mean of each colour, for pictures stored as bytes (0..1).")
  private float[] mean = {0, 0, 0};

  @Option(
      names = "--std",
      split = ",",
      paramLabel = "S",
      description = "Deviation of each colour, for pictures stored as bytes.")
  private float[] std = {1, 1, 1};

  @Option(
      names = "--generated",
      defaultValue = "32",
      description = "Inputs to generate if no samples are given (default: ${DEFAULT-VALUE}).")
  private int generated;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Seed of generated inputs (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--no-profile", description = "Measure nothing; code by the weights alone.")
  private boolean noProfile;

  @Option(
      names = "--no-calibration",
      description =
          "Leave normalisations and biases alike at all levels of bits; else samples that are given fit them to each, without labels.")
  private boolean noCalibration;

  @Option(
      names = "--segments",
      description =
          "Most segments along the depth, however small (default: up to 10, one for each 256 KiB).")
  private @Nullable Integer segments;

  @Option(
      names = "--base",
      paramLabel = "OLD.insitu",
      description = "Earlier version to give a difference against; may be repeated.")
  private List<Path> bases = new ArrayList<>();

  @Option(
      names = "--exit",
      paramLabel = "SEGMENT=HEAD.onnx",
      description =
          "Head with which the model can answer after a segment: its inputs named like values there, its outputs in the model's order; may be repeated.")
  private List<String> exits = new ArrayList<>();

  @Option(
      names = "--width",
      split = ",",
      paramLabel = "SHARE",
      description =
          "Narrower sub-models with these shares of the channels, as in 0.25,0.5: really smaller tensors, the first channels of the whole by importance.")
  private List<Double> widths = new ArrayList<>();

  @Option(
      names = "--cuts",
      arity = "0..1",
      fallbackValue = "8,6,4,3,2",
      split = ",",
      paramLabel = "BITS",
      description =
          "Measure what it is worth to divide the model between a device and a server, at every cut, with so many bits for a value that goes up (8,6,4,3,2 if none are given; 32: as it is).")
  private List<Integer> featureBits = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    List<PackageFile> opened = new ArrayList<>();
    Leftovers leftovers = new Leftovers(target.output());
    try (ProgressBar bar = new ProgressBar(console.err())) {
      for (Path base : bases) {
        opened.add(PackageFile.open(base, trust.trust()));
      }
      long started = System.nanoTime();
      Forge.Result result = Forge.pack(target.model(), target.output(), options(opened), bar::show);
      bar.finish();
      PackReport.print(
          console, target.model(), target.output(), result, (System.nanoTime() - started) * 1e-9);
      return 0;
    } finally {
      leftovers.close();
      for (PackageFile base : opened) {
        base.close();
      }
    }
  }

  private ForgeOptions options(List<PackageFile> opened) throws IOException {
    ForgeOptions options =
        target
            .options(false)
            .withBases(opened)
            .withCuts(CutOptions.NONE.withFeatureBits(featureBits))
            .withExits(exits.stream().map(PackCommand::exit).toList())
            .withWidths(widths);
    if (segments != null) {
      options = options.withMaxSegments(segments);
    }
    Optional<Samples> samples = samples();
    if (samples.isEmpty()) {
      return options;
    }
    options = options.withSamples(samples.get());
    return noCalibration || samples.get().generated()
        ? options
        : options.withCalibration(samples.get());
  }

  private static ExitHead exit(String text) {
    Matcher parts = EXIT.matcher(text);
    if (!parts.matches()) {
      throw new CliException(
          "--exit is '"
              + text
              + "'; a segment's number and a file were expected, as in --exit 2=head.onnx."
              + "\nMaybe 'insitu show' of a package without exits says which segments there are.");
    }
    return new ExitHead(Integer.parseInt(parts.group(1)), Path.of(parts.group(2)));
  }

  private Optional<Samples> samples() throws IOException {
    if (noProfile || samplesFile == null && generated <= 0) {
      return Optional.empty();
    }
    try (OnnxModel root = OnnxModel.open(target.model())) {
      var inputs = Forge.inputs(root);
      if (samplesFile == null) {
        return generated(inputs);
      }
      return Optional.of(
          new SampleReader(inputs, new SampleReader.Normalisation(mean, std))
              .read(samplesFile, maxSamples));
    }
  }

  /** Generated inputs; a model whose inputs cannot be generated is packed without a profile. */
  private Optional<Samples> generated(List<ValueSpec> inputs) {
    try {
      return Optional.of(GeneratedSamples.make(inputs, generated, seed));
    } catch (SampleException e) {
      console.note("warning: nothing is measured: %s", String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }
}
