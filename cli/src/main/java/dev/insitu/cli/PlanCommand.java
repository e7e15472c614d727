package dev.insitu.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code insitu plan}: which sub-model a device would get. */
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    description =
        "Decides which sub-model suits a device's situation, and says what it would cost and be worth. Nothing is downloaded. Status 1 if no plan keeps all limits.",
    footerHeading = "%nExample:%n",
    footer = {
      "  insitu plan resnet.insitu --down 20M --macs 2G --first-answer 1",
      "  insitu plan resnet.insitu --situation phone.json --accuracy 0.9 --goal bytes"
    })
final class PlanCommand implements Callable<Integer> {

  @Mixin private Console console;
  @Mixin private PlanningMixin planning;

  @Override
  public Integer call() throws IOException {
    return planning.print(console, PlanText::of);
  }
}
