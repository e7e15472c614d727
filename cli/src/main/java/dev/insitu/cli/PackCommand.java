package dev.insitu.cli;

import dev.insitu.elastic.Names;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.elastic.plan.Profile;
import dev.insitu.forge.Forge;
import dev.insitu.forge.ForgeOptions;
import dev.insitu.forge.samples.GeneratedSamples;
import dev.insitu.forge.samples.SampleException;
import dev.insitu.forge.samples.SampleReader;
import dev.insitu.forge.samples.Samples;
import dev.insitu.model.OnnxModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code insitu pack}: an ONNX model becomes an elastic package. */
@Command(
    name = "pack",
    mixinStandardHelpOptions = true,
    description =
        "Makes an elastic package of an ONNX model: every sub-model inside, the root bit for bit at the end.",
    footerHeading = "%nExample:%n",
    footer = {
      "  insitu pack resnet.onnx -o resnet.insitu --samples images.npz",
      "  insitu pack resnet-v2.onnx -o resnet-v2.insitu --tag v2 --base resnet.insitu"
    })
final class PackCommand implements Callable<Integer> {

  @Mixin private Console console;
  @Mixin private TrustOptions trust;

  @Parameters(paramLabel = "MODEL.onnx", description = "The root model.")
  private Path model;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "OUT.insitu",
      description = "The package to write.")
  private Path output;

  @Option(names = "--name", description = "Name of the model; by default from the file's name.")
  private @Nullable String name;

  @Option(
      names = "--tag",
      defaultValue = "1",
      description = "Version of the package (default: ${DEFAULT-VALUE}).")
  private String tag;

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
      names = "--segments",
      defaultValue = "10",
      description = "Most segments along the depth (default: ${DEFAULT-VALUE}).")
  private int segments;

  @Option(
      names = "--base",
      paramLabel = "OLD.insitu",
      description = "Earlier version to give a difference against; may be repeated.")
  private List<Path> bases = new ArrayList<>();

  @Option(names = "--unsigned", description = "Do not sign the package.")
  private boolean unsigned;

  @Override
  public Integer call() throws IOException {
    List<PackageFile> opened = new ArrayList<>();
    Leftovers leftovers = new Leftovers(output);
    try (ProgressBar bar = new ProgressBar(console.err())) {
      for (Path base : bases) {
        opened.add(PackageFile.open(base, trust.trust()));
      }
      long started = System.nanoTime();
      Forge.Result result = Forge.pack(model, output, options(opened), bar::show);
      bar.finish();
      result.warnings().forEach(warning -> console.note("warning: %s", warning));
      report(result, (System.nanoTime() - started) * 1e-9);
      return 0;
    } finally {
      leftovers.close();
      for (PackageFile base : opened) {
        base.close();
      }
    }
  }

  private ForgeOptions options(List<PackageFile> opened) throws IOException {
    String chosen =
        name != null
            ? name
            : Names.suggest(model.getFileName().toString().replaceAll("\\.onnx$", ""));
    ForgeOptions options = ForgeOptions.of(chosen, tag).withMaxSegments(segments).withBases(opened);
    if (!unsigned) {
      options = options.withSigner(Keys.ofUser().signer()::sign);
    }
    Optional<Samples> samples = samples();
    return samples.isPresent() ? options.withSamples(samples.get()) : options;
  }

  private Optional<Samples> samples() throws IOException {
    if (noProfile || samplesFile == null && generated <= 0) {
      return Optional.empty();
    }
    try (OnnxModel root = OnnxModel.open(model)) {
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

  private void report(Forge.Result result, double seconds) throws IOException {
    var manifest = result.manifest();
    if (console.json()) {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("name", manifest.name());
      object.put("version", manifest.header().version());
      object.put("digest", result.digest().hex());
      object.put("file", output.toString());
      object.put("rootBytes", Files.size(model));
      object.put("packageBytes", Files.size(output));
      object.put("manifestBytes", result.manifestBytes());
      object.put("chunkBytes", manifest.chunkBytes());
      object.put("weights", manifest.weightCount());
      object.put("tensors", manifest.tensors().size());
      object.put("segments", manifest.segments().size());
      object.put("chunks", manifest.chunks().size());
      object.put("seconds", seconds);
      object.put("warnings", result.warnings());
      object.put("profile", ProfileTable.json(result.profile()));
      console.printJson(object);
      return;
    }
    console.print(
        "%s:%s  %s, %d weights in %d segments and %d chunks, %.1f s",
        manifest.name(),
        manifest.header().version(),
        Sizes.format(Files.size(output)),
        manifest.weightCount(),
        manifest.segments().size(),
        manifest.chunks().size(),
        seconds);
    Profile profile = result.profile();
    if (!profile.points().isEmpty()) {
      console.print("");
      console.print("%s", ProfileTable.text(profile));
    }
  }
}
