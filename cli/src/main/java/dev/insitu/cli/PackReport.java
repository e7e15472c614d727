package dev.insitu.cli;

import dev.insitu.elastic.plan.Profile;
import dev.insitu.forge.Forge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Says what a package that was made is like. */
final class PackReport {

  private PackReport() {}

  /**
   * Prints warnings, sizes and what sub-models are worth.
   *
   * @param model the root
   * @param output the package
   */
  static void print(Console console, Path model, Path output, Forge.Result result, double seconds)
      throws IOException {
    result.warnings().forEach(warning -> console.note("warning: %s", warning));
    if (console.json()) {
      console.printJson(json(model, output, result, seconds));
      return;
    }
    var manifest = result.manifest();
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
    manifest
        .keptRoot()
        .ifPresent(root -> console.print("%s", KeptRootReport.text(manifest, root, profile)));
    if (!profile.points().isEmpty()) {
      console.print("");
      console.print("%s", ProfileTable.text(profile));
    }
    if (!manifest.exits().isEmpty()) {
      console.print("");
      console.print("%s", ExitTable.text(manifest, profile));
    }
    if (manifest.widths().size() > 1) {
      console.print("");
      console.print("%s", WidthReport.text(manifest, profile));
    }
    if (!profile.cuts().isEmpty()) {
      console.print("");
      console.print("%s", CutTable.text(profile));
    }
  }

  private static Map<String, Object> json(
      Path model, Path output, Forge.Result result, double seconds) throws IOException {
    var manifest = result.manifest();
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
    manifest
        .keptRoot()
        .ifPresent(
            root -> object.put("keptRoot", KeptRootReport.json(manifest, root, result.profile())));
    if (!manifest.exits().isEmpty()) {
      object.put("exits", ExitTable.json(manifest, result.profile()));
      object.put("early", ExitTable.earlyJson(result.profile()));
    }
    if (manifest.widths().size() > 1) {
      object.put("widths", WidthReport.json(manifest, result.profile()));
    }
    if (!result.profile().cuts().isEmpty()) {
      object.put("cuts", CutTable.json(manifest, result.profile()));
    }
    return object;
  }
}
