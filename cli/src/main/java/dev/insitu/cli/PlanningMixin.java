package dev.insitu.cli;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.elastic.plan.PlanMaker;
import dev.insitu.elastic.plan.ProfileCodec;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.elastic.plan.StartingPoint;
import dev.insitu.planner.Calibration;
import dev.insitu.planner.CandidateGrid;
import dev.insitu.planner.Decision;
import dev.insitu.planner.Decision.Chosen;
import dev.insitu.planner.Decision.Infeasible;
import dev.insitu.planner.Planner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BiFunction;
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

  /**
   * Decides and prints.
   *
   * @param text of the plan that was chosen
   * @return the exit status: 1 if no plan keeps all limits
   */
  int print(Console console, BiFunction<Manifest, Chosen, String> text) throws IOException {
    Made made = decide();
    return switch (made.decision()) {
      case Chosen chosen -> {
        console.print(DecisionJson.of(made, chosen), text.apply(made.manifest(), chosen));
        yield 0;
      }
      case Infeasible none -> {
        console.print(DecisionJson.of(made, none), ConflictText.of(made.manifest(), none));
        yield 1;
      }
    };
  }

  private Made decide() throws IOException {
    Situation asked = situation.situation();
    try (PackageFile opened = PackageFile.open(file, Trust.anybody())) {
      Manifest manifest = opened.manifest();
      CandidateGrid grid = CandidateGrid.of(manifest, ProfileCodec.read(opened.profile()));
      StartingPoint start =
          StartingPoint.of(
              manifest,
              opened.digest(),
              new PlanMaker.NoOtherVersions(opened.manifestBytes().length),
              asked.held());
      Planner planner = new Planner(grid, Calibration.DEFAULT, situation.server());
      return new Made(manifest, grid, asked, start, planner.decide(asked, start));
    }
  }
}
