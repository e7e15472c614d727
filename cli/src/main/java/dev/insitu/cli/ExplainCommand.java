package dev.insitu.cli;

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
    return planning.print(console, Explanation::of);
  }
}
