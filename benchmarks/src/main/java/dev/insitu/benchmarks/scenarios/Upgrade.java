package dev.insitu.benchmarks.scenarios;

import dev.insitu.cli.Scenario;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code insitu bench upgrade}: what a device receives that has a part of a model, or an earlier
 * version of it, beside what is missing and beside patches of the ONNX file.
 */
public final class Upgrade implements Scenario {

  private static final double SLIGHTLY = 1e-3;
  private static final double CLEARLY = 0.05;

  /** A released model with its versions in order. */
  private record Released(String name, List<String> files) {}

  private static final List<Released> RELEASED =
      List.of(
          new Released(
              "silero-vad",
              List.of(
                  "models/silero-vad/2024-06-27.onnx",
                  "models/silero-vad/2024-07-09.onnx",
                  "models/silero-vad/2025-08-25.onnx")),
          new Released(
              "magika",
              List.of("models/magika/standard_v3_1.onnx", "models/magika/standard_v3_2.onnx")));

  @Override
  public String name() {
    return "upgrade";
  }

  @Override
  public String purpose() {
    return "bytes from one sub-model or version to the next, against zstd and bsdiff patches";
  }

  @Override
  public void run(Request request) throws Exception {
    try (Workbench bench = Workbench.open(name())) {
      Subject subject =
          request.model().isPresent()
              ? Subjects.users(request.model().get())
              : Subjects.singleShapes(bench.fresh("shapes")).withoutSamples();
      new SubModelUpgrades(bench, request, subject).run();
      VersionUpgrades versions = new VersionUpgrades(bench, request);
      if (FineTuned.isPossible(subject.onnx())) {
        changed(versions, bench, subject, request.seed());
      } else {
        request.notes().accept(subject.onnx() + " has no weights in it that can be changed.");
      }
      if (request.model().isEmpty()) {
        for (Released released : RELEASED) {
          released(versions, released, request);
        }
      }
    }
  }

  /** Versions as after more training: a little everywhere, clearly everywhere, one layer only. */
  private static void changed(VersionUpgrades versions, Workbench bench, Subject subject, long seed)
      throws IOException, InterruptedException {
    Path slightly = bench.fresh("slightly.onnx");
    FineTuned.everywhere(subject.onnx(), slightly, SLIGHTLY, seed);
    versions.run("all-weights-0.1%", List.of(subject, subject.withOnnx(slightly)));
    Path clearly = bench.fresh("clearly.onnx");
    FineTuned.everywhere(subject.onnx(), clearly, CLEARLY, seed);
    versions.run("all-weights-5%", List.of(subject, subject.withOnnx(clearly)));
    Path last = bench.fresh("last.onnx");
    FineTuned.lastLayer(subject.onnx(), last, CLEARLY, seed);
    versions.run("last-layer", List.of(subject, subject.withOnnx(last)));
  }

  private static void released(VersionUpgrades versions, Released released, Request request)
      throws IOException, InterruptedException {
    List<Path> files =
        released.files().stream().map(DataFolder::file).flatMap(Optional::stream).toList();
    if (files.size() < released.files().size()) {
      request
          .notes()
          .accept(
              released.name()
                  + " is left out: its files are not there. Set INSITU_DATA to the folder above "
                  + released.files().getFirst());
      return;
    }
    List<Subject> subjects = new ArrayList<>();
    for (Path file : files) {
      subjects.add(Subjects.users(file).withName(released.name()));
    }
    versions.run(
        "released",
        subjects,
        files.stream().map(file -> file.getFileName().toString().replace(".onnx", "")).toList());
  }
}
