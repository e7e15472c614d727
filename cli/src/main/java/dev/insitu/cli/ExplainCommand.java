package dev.insitu.cli;

import dev.insitu.planner.Decision.Chosen;
import dev.insitu.planner.Decision.Infeasible;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code insitu explain}: why a device would get that sub-model. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description =
        "Draws the plan that \"insitu plan\" makes: when each segment arrives and is computed, how full each limit is and which of them bind, and the next-best plans with what each would cost. Nothing is downloaded.",
    footerHeading = "%nExample:%n",
    footer = {"  insitu explain resnet.insitu --down 20M --macs 2G --max-bytes 600k"})
final class ExplainCommand implements Callable<Integer> {

  @Mixin private Console console;
  @Mixin private PlanningMixin planning;

  @Override
  public Integer call() throws IOException {
    PlanningMixin.Made made = planning.decide();
    return switch (made.decision()) {
      case Chosen chosen -> {
        console.print(DecisionJson.of(made, chosen), Explanation.of(made.manifest(), chosen));
        yield 0;
      }
      case Infeasible none -> {
        console.print(DecisionJson.of(made, none), ConflictText.of(made.manifest(), none));
        yield 1;
      }
    };
  }
}
