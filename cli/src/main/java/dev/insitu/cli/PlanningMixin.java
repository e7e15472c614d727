package dev.insitu.cli;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.elastic.plan.ProfileCodec;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.elastic.plan.StartingPoint;
import dev.insitu.planner.Calibration;
import dev.insitu.planner.CandidateGrid;
import dev.insitu.planner.Decision;
import dev.insitu.planner.Planner;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** A package, a situation, and what is decided of them. Nothing is downloaded. */
final class PlanningMixin {

  @Parameters(paramLabel = "PACKAGE.insitu", description = "The package.")
  private Path file;

  @Mixin private SituationOptions situation;

  /**
   * A decision with what it was made from.
   *
   * @param start what the device has
   */
  record Made(
      Manifest manifest,
      CandidateGrid grid,
      Situation situation,
      StartingPoint start,
      Decision decision) {}

  Made decide() throws IOException {
    Situation asked = situation.situation();
    try (PackageFile opened = PackageFile.open(file, Trust.anybody())) {
      Manifest manifest = opened.manifest();
      CandidateGrid grid = CandidateGrid.of(manifest, ProfileCodec.read(opened.profile()));
      StartingPoint start =
          StartingPoint.of(
              manifest,
              opened.digest(),
              new LocalPlans.NoOtherVersions(opened.manifestBytes().length),
              asked.held());
      Planner planner = new Planner(grid, Calibration.DEFAULT, situation.server());
      return new Made(manifest, grid, asked, start, planner.decide(asked, start));
    }
  }
}
