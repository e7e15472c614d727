package dev.insitu.benchmarks.scenarios;

import dev.insitu.elastic.Digest;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.Profile;
import dev.insitu.elastic.plan.ProfileCodec;
import dev.insitu.elastic.plan.StartingPoint;
import dev.insitu.forge.CutOptions;
import dev.insitu.forge.ExitHead;
import dev.insitu.forge.ForgeOptions;
import dev.insitu.planner.CandidateGrid;
import dev.insitu.planner.Decided;
import dev.insitu.planner.Decision.Chosen;
import dev.insitu.planner.Decision.Reasons;
import dev.insitu.planner.PlannedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A measured package with exits and cuts, and its candidates.
 *
 * @param subject what was packed
 * @param file the package
 * @param manifest of it
 * @param digest of the manifest
 * @param manifestBytes its size
 * @param profile what was measured
 * @param grid of candidates
 */
record PlanPackage(
    Subject subject,
    Path file,
    Manifest manifest,
    Digest digest,
    int manifestBytes,
    Profile profile,
    CandidateGrid grid) {

  private static final int EXITS = 2;
  private static final int MOST_SEGMENTS = 9;
  private static final List<Integer> FEATURE_BITS = List.of(8, 4);

  /** Packs a model: exits are fitted to its own answers, half of the bits are measured. */
  static PlanPackage make(Workbench bench, Subject subject) throws IOException {
    ForgeOptions options = ForgeOptions.of(subject.name(), "1").withMaxSegments(MOST_SEGMENTS);
    List<ExitHead> heads;
    try (PackageFile bare = bench.open(bench.pack(subject.withoutSamples(), options))) {
      heads =
          FittedHeads.make(
              bench,
              bare,
              subject.onnx(),
              EXITS,
              PlanSubjects.batches(subject.samples().orElseThrow()));
    }
    CutOptions cuts = CutOptions.NONE.withFeatureBits(FEATURE_BITS);
    Path file = bench.pack(subject, options.withExits(heads).withCuts(cuts));
    try (PackageFile opened = bench.open(file)) {
      Profile profile = ProfileCodec.read(opened.profile());
      return new PlanPackage(
          subject,
          file,
          opened.manifest(),
          opened.digest(),
          opened.manifestBytes().length,
          profile,
          CandidateGrid.of(opened.manifest(), profile));
    }
  }

  /** Of a device that has nothing. */
  StartingPoint nothing() {
    return StartingPoint.nothing(manifest, manifestBytes);
  }

  /** What a server would send for a plan to a device that has nothing. */
  Plan stream(PlannedModel plan) {
    Chosen chosen = new Chosen(plan, new Reasons(List.of(), List.of(), List.of()));
    return Decided.of(grid, digest, nothing(), chosen).stream().orElseThrow();
  }

  /** One line for people. */
  String described() {
    return String.format(
        Locale.ROOT,
        "%s: %d segments, %d exits, %d chunks of %d bytes, manifest %d bytes, %d candidates, %d samples",
        subject.name(),
        manifest.segments().size(),
        manifest.exits().size(),
        manifest.chunks().size(),
        manifest.chunks().stream().mapToLong(chunk -> chunk.size()).sum(),
        manifestBytes,
        grid.points(),
        profile.samples());
  }
}
