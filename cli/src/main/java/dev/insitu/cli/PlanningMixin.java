package dev.insitu.cli;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.elastic.plan.PlanMaker;
import dev.insitu.elastic.plan.ProfileCodec;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.elastic.plan.StartingPoint;
import dev.insitu.planner.Calibration;
import dev.insitu.planner.CandidateGrid;
import dev.insitu.planner.Decided;
import dev.insitu.planner.Decision;
import dev.insitu.planner.Decision.Chosen;
import dev.insitu.planner.Decision.Infeasible;
import dev.insitu.planner.DecisionJson;
import dev.insitu.planner.Planner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BiFunction;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** A package or a server's model, a situation, and what is decided of them. */
final class PlanningMixin {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Parameters(
      paramLabel = "PACKAGE",
      description =
          "The package's file, or http://SERVER/MODEL[:VERSION] to ask a server what it would send.")
  private String from;

  @Mixin private SituationOptions situation;

  /**
   * Decides and prints.
   *
   * @param text of the plan that was chosen
   * @return the exit status: 1 if no plan keeps all limits
   */
  int print(Console console, BiFunction<Decided, Chosen, String> text) throws IOException {
    Decided decided = decide();
    Map<String, Object> object =
        JSON.readValue(DecisionJson.write(decided), new TypeReference<>() {});
    return switch (decided.decision()) {
      case Chosen chosen -> {
        console.print(object, text.apply(decided, chosen));
        yield 0;
      }
      case Infeasible none -> {
        console.print(object, ConflictText.of(decided, none));
        yield 1;
      }
    };
  }

  private Decided decide() throws IOException {
    Situation asked = situation.situation();
    if (!RemoteDecision.isAddress(from)) {
      return decideHere(asked);
    }
    if (situation.server().computes()) {
      throw new CliException("--server-macs is given, but the server itself is asked.");
    }
    return RemoteDecision.at(from).of(asked);
  }

  private Decided decideHere(Situation asked) throws IOException {
    try (PackageFile opened = PackageFile.open(Path.of(from), Trust.anybody())) {
      CandidateGrid grid = CandidateGrid.of(opened.manifest(), ProfileCodec.read(opened.profile()));
      StartingPoint start =
          StartingPoint.of(
              opened.manifest(),
              opened.digest(),
              new PlanMaker.NoOtherVersions(opened.manifestBytes().length),
              asked.held());
      Planner planner = new Planner(grid, Calibration.DEFAULT, situation.server());
      Decision decision = planner.decide(asked, start);
      return Decided.of(grid, opened.digest(), start, decision);
    }
  }
}
