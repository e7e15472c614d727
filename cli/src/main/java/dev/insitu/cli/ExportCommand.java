package dev.insitu.cli;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.PlanMaker;
import dev.insitu.elastic.plan.Profile;
import dev.insitu.elastic.plan.ProfileCodec;
import dev.insitu.forge.integer.IntegerModel;
import dev.insitu.model.OnnxModel;
import dev.insitu.model.ValueInfo;
import dev.insitu.server.SubModelExporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** {@code insitu export}: any sub-model as a plain ONNX file. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description =
        "Writes a sub-model of a package as a plain ONNX file, for everybody else's tools.",
    footerHeading = "%nExample:%n",
    footer = {
      "  insitu export resnet.insitu --bits 3 -o resnet-3bit.onnx",
      "  insitu export resnet.insitu --lossless -o resnet.onnx",
      "  insitu export resnet.insitu --depth 2 -o resnet-exit.onnx",
      "  insitu export resnet.insitu --width 0.5 -o resnet-half.onnx",
      "  insitu export resnet.insitu --to 3 -o device.onnx",
      "  insitu export resnet.insitu --from 3 -o server.onnx",
      "  insitu export resnet.insitu --root -o resnet.onnx",
      "  insitu export resnet.insitu --int8 --samples images.npz -o resnet-int8.onnx"
    })
final class ExportCommand implements Callable<Integer> {

  @Mixin private Console console;
  @Mixin private TrustOptions trust;
  @Mixin private WishOptions wishes;
  @Mixin private Int8Options int8;

  @Parameters(paramLabel = "PACKAGE.insitu", description = "The package.")
  private Path file;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "OUT.onnx",
      description = "The file to write.")
  private Path output;

  @Option(
      names = "--from",
      paramLabel = "SEGMENT",
      description =
          "The first segment: the file's inputs are the values at the cut before it, the model's inputs first, then what segments make, in their order.")
  private @Nullable Integer from;

  @Option(
      names = "--to",
      paramLabel = "SEGMENT",
      description =
          "The segment before which the file ends, without an exit: its outputs are what a file that begins there takes.")
  private @Nullable Integer to;

  @Option(
      names = "--root",
      description =
          "The model that the re-trained family comes from, if the package keeps it ('insitu forge --keep-root').")
  private boolean root;

  @Override
  public Integer call() throws IOException {
    try (PackageFile opened = PackageFile.open(file, trust.trust())) {
      if (root) {
        exportRoot(opened);
        return 0;
      }
      Manifest manifest = PlanMaker.widthOf(opened.manifest(), wishes.wishes());
      Profile profile = ProfileCodec.read(opened.profile());
      SubModel wanted = LocalPlans.maker(opened, profile).choose(wishes.wishes());
      SubModel model = wanted.intersection(opened.present().at(manifest));
      if (from != null || to != null) {
        exportPart(opened, model);
        return 0;
      }
      requireRunnable(model);
      Path directory = output.toAbsolutePath().resolveSibling("");
      SubModelExporter exporter = new SubModelExporter(directory);
      if (int8.wanted()) {
        exportIntegers(exporter, opened, model);
      } else {
        exporter.exportTo(output, manifest, opened, model, depth(manifest));
        report(model, profile.best(model, depth(manifest)));
      }
      return 0;
    }
  }

  private void exportRoot(PackageFile opened) throws IOException {
    boolean part = wishes.given() || from != null || to != null || int8.wanted();
    if (part) {
      throw new CliException(
          "--root gives the whole root as it was; sub-models are the re-trained family's."
              + "\nMaybe leave --root or the other wishes out.");
    }
    new SubModelExporter(output.toAbsolutePath().resolveSibling(""))
        .exportRoot(output, opened.manifest(), opened);
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("file", output.toString());
    object.put("bytes", Files.size(output));
    object.put("root", opened.manifest().header().root().hex());
    console.print(
        object,
        String.format(
            java.util.Locale.ROOT,
            "%s  the root that %s:%s comes from, bit for bit",
            output,
            opened.manifest().name(),
            opened.manifest().header().version()));
  }

  /** The segments between two cuts. */
  private void exportPart(PackageFile opened, SubModel model) throws IOException {
    Manifest manifest = model.manifest();
    int all = manifest.segments().size();
    int first = from == null ? 0 : from;
    int end = to == null ? all : to;
    if (wishes.wishes().depth().isPresent() || int8.wanted()) {
      throw new CliException(
          "--from and --to name the segments; --depth and --int8 are for models that answer."
              + "\nMaybe leave one of them out.");
    }
    for (int segment = Math.max(0, first); segment < Math.min(end, all); segment++) {
      if (!model.canRun(segment)) {
        throw new CliException(
            file + " was cut: it does not hold the base of segment " + segment + ".");
      }
    }
    new SubModelExporter(output.toAbsolutePath().resolveSibling(""))
        .exportPart(output, manifest, opened, model, first, end);
    try (OnnxModel made = OnnxModel.open(output)) {
      reportPart(made, first, end);
    }
  }

  private void reportPart(OnnxModel made, int first, int end) throws IOException {
    List<String> inputs = made.inputs().stream().map(ValueInfo::name).toList();
    List<String> outputs = made.outputs().stream().map(ValueInfo::name).toList();
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("file", output.toString());
    object.put("bytes", Files.size(output));
    object.put("from", first);
    object.put("to", end);
    object.put("inputs", inputs);
    object.put("outputs", outputs);
    console.print(
        object,
        output + "  segments " + first + " to " + (end - 1) + ": " + inputs + " to " + outputs);
  }

  private void exportIntegers(SubModelExporter exporter, PackageFile opened, SubModel model)
      throws IOException {
    Path plain = exporter.export(model.manifest(), opened, model, depth(model.manifest()));
    try {
      IntegerModel.Result made = Int8Options.convert(int8, plain, output, console);
      Map<String, Object> object = new LinkedHashMap<>(Int8Options.json(made));
      object.put("file", output.toString());
      object.put("bytes", made.bytes());
      console.print(object, output + "  " + Int8Options.text(made));
    } finally {
      Files.deleteIfExists(plain);
      Files.deleteIfExists(plain.resolveSibling(plain.getFileName() + ".data"));
    }
  }

  private int depth(Manifest manifest) {
    return wishes.wishes().depth().orElse(manifest.segments().size());
  }

  private void requireRunnable(SubModel model) {
    Manifest manifest = model.manifest();
    int depth = depth(manifest);
    if (!model.includes(SubModel.of(manifest, depth, 0))) {
      int possible = manifest.exits().isEmpty() ? model.runnableSegments() : model.answeringDepth();
      throw new CliException(
          file
              + " was cut: it holds the base of only "
              + model.runnableSegments()
              + " of "
              + depth
              + " segments"
              + (manifest.exitAt(depth).isPresent() ? " and their exit." : ".")
              + "\nMaybe export with --depth "
              + Math.max(1, possible)
              + ", or fetch the rest.");
    }
  }

  private void report(SubModel model, Optional<Profile.Point> measured) throws IOException {
    double bits = Profile.bitsPerWeight(model.bytes(), model.manifest().weightCount());
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("file", output.toString());
    object.put("bytes", Files.size(output));
    object.put("chunks", model.size());
    object.put("chunkBytes", model.bytes());
    object.put("bitsPerWeight", bits);
    object.put("segments", depth(model.manifest()));
    if (!model.manifest().isWhole()) {
      object.put("width", model.manifest().share());
    }
    measured.ifPresent(point -> object.put("agreement", point.agreement()));
    String quality =
        measured
            .map(point ->
                String.format(
                    java.util.Locale.ROOT,
                    ", agreed with the root on %.1f %%",
                    100 * point.agreement()))
            .orElse("");
    console.print(
        object,
        String.format(
            java.util.Locale.ROOT,
            "%s  from %s of chunks (%s bits per weight%s)",
            output,
            Sizes.format(model.bytes()),
            Sizes.bits(bits),
            quality));
  }
}
