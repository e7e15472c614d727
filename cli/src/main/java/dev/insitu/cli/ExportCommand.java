package dev.insitu.cli;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.Profile;
import dev.insitu.elastic.plan.ProfileCodec;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.server.SubModelExporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
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
      "  insitu export resnet.insitu --lossless -o resnet.onnx"
    })
final class ExportCommand implements Callable<Integer> {

  @Mixin private Console console;
  @Mixin private TrustOptions trust;
  @Mixin private WishOptions wishes;

  @Parameters(paramLabel = "PACKAGE.insitu", description = "The package.")
  private Path file;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "OUT.onnx",
      description = "The file to write.")
  private Path output;

  @Override
  public Integer call() throws IOException {
    try (PackageFile opened = PackageFile.open(file, trust.trust())) {
      Manifest manifest = opened.manifest();
      Profile profile = ProfileCodec.read(opened.profile());
      SubModel wanted = LocalPlans.maker(opened, profile).choose(wishes.wishes());
      SubModel model = wanted.intersection(opened.present());
      requireRunnable(model, wishes.wishes());
      Path directory = output.toAbsolutePath().resolveSibling("");
      new SubModelExporter(directory).exportTo(output, manifest, opened, model);
      report(opened, model, profile.best(model));
      return 0;
    }
  }

  private void requireRunnable(SubModel model, Wishes asked) {
    int depth = asked.depth().orElse(model.manifest().segments().size());
    if (model.runnableSegments() < depth) {
      throw new CliException(
          file
              + " was cut: it holds the base of only "
              + model.runnableSegments()
              + " of "
              + depth
              + " segments.\nMaybe export with --depth "
              + Math.max(1, model.runnableSegments())
              + ", or fetch the rest.");
    }
  }

  private void report(PackageFile opened, SubModel model, Optional<Profile.Point> measured)
      throws IOException {
    long weights = Math.max(1, opened.manifest().weightCount());
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("file", output.toString());
    object.put("bytes", Files.size(output));
    object.put("chunks", model.size());
    object.put("chunkBytes", model.bytes());
    object.put("bitsPerWeight", 8.0 * model.bytes() / weights);
    object.put("segments", model.runnableSegments());
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
            "%s  from %s of chunks (%.2f bits per weight%s)",
            output,
            Sizes.format(model.bytes()),
            8.0 * model.bytes() / weights,
            quality));
  }
}
