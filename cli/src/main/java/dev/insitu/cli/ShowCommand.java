package dev.insitu.cli;

import dev.insitu.elastic.Coding;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.Grid;
import dev.insitu.elastic.plan.Profile;
import dev.insitu.elastic.plan.ProfileCodec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code insitu show}: what is in a package. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description =
        "Shows what is in a package: segments, plane groups, and what its sub-models are worth.",
    footerHeading = "%nExample:%n",
    footer = {"  insitu show resnet.insitu", "  insitu show resnet.insitu --plot resnet.svg"})
final class ShowCommand implements Callable<Integer> {

  @Mixin private Console console;

  @Parameters(paramLabel = "PACKAGE.insitu", description = "The package.")
  private Path file;

  @Option(
      names = "--plot",
      paramLabel = "FILE.png|svg",
      description = "Draw what sub-models are worth over their bytes.")
  private @Nullable Path plot;

  @Override
  public Integer call() throws IOException {
    try (PackageFile opened = PackageFile.open(file, Trust.anybody())) {
      Manifest manifest = opened.manifest();
      Profile profile = ProfileCodec.read(opened.profile());
      if (plot != null) {
        draw(plot, opened, profile);
      }
      if (console.json()) {
        console.printJson(object(opened, profile));
        return 0;
      }
      console.print("%s:%s  %s", manifest.name(), manifest.header().version(), opened.digest());
      console.print("root       %s", manifest.header().root());
      console.print(
          "inputs     %s", manifest.inputs().stream().map(v -> v.name() + v.dims()).toList());
      console.print(
          "outputs    %s", manifest.outputs().stream().map(v -> v.name() + v.dims()).toList());
      console.print(
          "signed by  %s",
          opened.signatures().isEmpty()
              ? "nobody"
              : opened.signatures().stream().map(s -> s.key().hex()).toList());
      console.print(
          "weights    %d in %d tensors; manifest %s, chunks %s",
          manifest.weightCount(),
          manifest.tensors().size(),
          Sizes.format(opened.manifestBytes().length),
          Sizes.format(manifest.chunkBytes()));
      manifest
          .keptRoot()
          .ifPresent(root -> console.print("%s", KeptRootReport.text(manifest, root, profile)));
      console.print("");
      console.print("%7s  %8s  %14s  %s", "segment", "tensors", "base bytes", "MMACs");
      for (int s = 0; s < manifest.segments().size(); s++) {
        console.print(
            "%7d  %8d  %14s  %.1f",
            s,
            manifest.segments().get(s).tensors().size(),
            Sizes.format(baseBytes(manifest, s)),
            manifest.segments().get(s).macs() / 1e6);
      }
      if (!manifest.exits().isEmpty()) {
        console.print("");
        console.print("%s", ExitTable.text(manifest, profile));
      }
      if (manifest.widths().size() > 1) {
        console.print("");
        console.print("%s", WidthReport.text(manifest, profile));
      }
      console.print("");
      console.print("%7s  %8s  %14s  %s", "group", "chunks", "bytes", "bits/weight so far");
      long sum = 0;
      for (int g = 0; g <= manifest.losslessGroup(); g++) {
        long bytes = groupBytes(manifest, g);
        sum += bytes;
        console.print(
            "%7s  %8d  %14s  %s",
            g == 0 ? "base" : g == manifest.losslessGroup() ? "exact" : "plane " + g,
            manifest.lattice().chunksOf(g).length,
            Sizes.format(bytes),
            Sizes.bits(Profile.bitsPerWeight(sum, manifest.weightCount())));
      }
      if (!profile.points().isEmpty()) {
        console.print("");
        console.print("%s", ProfileTable.text(profile));
        Front front = Front.of(profile);
        console.print("");
        console.print("%s", FrontTable.text(front, profile));
        console.print("");
        console.print("%s", FrontPlot.text(front));
      }
      if (!profile.cuts().isEmpty()) {
        console.print("");
        console.print("%s", CutTable.text(profile));
      }
      return 0;
    }
  }

  private static void draw(Path picture, PackageFile opened, Profile profile) throws IOException {
    Manifest manifest = opened.manifest();
    if (profile.points().isEmpty()) {
      throw new CliException(
          opened.path() + " holds no measurements to draw.\nMaybe pack the model with --samples.");
    }
    String name = manifest.name() + ":" + manifest.header().version();
    FrontPlot.chart(name, Front.of(profile)).write(picture);
  }

  private static long baseBytes(Manifest manifest, int segment) {
    long with = SubModel.ofSegments(manifest, segment + 1, 0).bytes();
    return segment == 0 ? with : with - SubModel.ofSegments(manifest, segment, 0).bytes();
  }

  private static long groupBytes(Manifest manifest, int group) {
    long sum = 0;
    for (int chunk : manifest.lattice().chunksOf(group)) {
      sum += manifest.chunks().get(chunk).size();
    }
    return sum;
  }

  private static Map<String, Object> object(PackageFile opened, Profile profile) {
    Manifest manifest = opened.manifest();
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("name", manifest.name());
    object.put("version", manifest.header().version());
    object.put("digest", opened.digest().hex());
    object.put("root", manifest.header().root().hex());
    object.put("reference", manifest.header().reference().hex());
    object.put("signedBy", opened.signatures().stream().map(signed -> signed.key().hex()).toList());
    object.put("manifestBytes", opened.manifestBytes().length);
    object.put("chunkBytes", manifest.chunkBytes());
    object.put("weights", manifest.weightCount());
    object.put("chunks", manifest.chunks().size());
    object.put("chunksPresent", opened.chunksPresent());
    manifest
        .keptRoot()
        .ifPresent(root -> object.put("keptRoot", KeptRootReport.json(manifest, root, profile)));
    List<Map<String, Object>> segments = new ArrayList<>();
    manifest
        .segments()
        .forEach(s ->
            segments.add(
                Map.of(
                    "tensors",
                    s.tensors().size(),
                    "outputs",
                    s.outputs(),
                    "macs",
                    s.macs(),
                    "activationBytes",
                    s.activationBytes())));
    object.put("segments", segments);
    if (!manifest.exits().isEmpty()) {
      object.put("exits", ExitTable.json(manifest, profile));
      object.put("early", ExitTable.earlyJson(profile));
    }
    if (manifest.widths().size() > 1) {
      object.put("widths", WidthReport.json(manifest, profile));
    }
    if (!profile.cuts().isEmpty()) {
      object.put("cuts", CutTable.json(manifest, profile));
    }
    List<Map<String, Object>> groups = new ArrayList<>();
    for (int g = 0; g <= manifest.losslessGroup(); g++) {
      groups.add(
          Map.of(
              "chunks", manifest.lattice().chunksOf(g).length, "bytes", groupBytes(manifest, g)));
    }
    object.put("groups", groups);
    object.put(
        "tensors",
        manifest.tensors().stream()
            .map(t ->
                Map.of(
                    "name",
                    t.name(),
                    "type",
                    t.type().name(),
                    "coding",
                    t.coding().name(),
                    t.coding() == Coding.RAW ? "bytes" : "elements",
                    t.length()))
            .toList());
    object.put("profile", ProfileTable.json(profile));
    if (!profile.points().isEmpty()) {
      object.put("front", FrontTable.json(Front.of(profile)));
      Grid grid = Grid.of(profile);
      object.put("grid", FrontTable.json(grid));
      object.put("prediction", FrontTable.json(grid.predictionError()));
    }
    return object;
  }
}
