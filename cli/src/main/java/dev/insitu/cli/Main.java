package dev.insitu.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code insitu} command. */
@Command(
    name = "insitu",
    version = "insitu 0.1.0",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Delivers AI models to devices over networks that are never quite good enough.",
    footerHeading = "%nExample:%n",
    footer = {
      "  insitu demo                               # see it work",
      "  insitu pack model.onnx -o model.insitu    # make a package",
      "  insitu export model.insitu --bits 4 -o small.onnx"
    },
    subcommands = {
      PackCommand.class,
      ForgeCommand.class,
      ExportCommand.class,
      ShowCommand.class,
      VerifyCommand.class,
      SignCommand.class,
      KeyCommand.class,
      ServeCommand.class,
      PushCommand.class,
      ListCommand.class,
      RmCommand.class,
      GcCommand.class,
      PlanCommand.class,
      ExplainCommand.class,
      PullCommand.class,
      RunCommand.class,
      DemoCommand.class,
      BenchCommand.class,
      LabCommand.class,
    })
public final class Main {

  private Main() {}

  /** Runs the command line and ends the process with its exit status. */
  public static void main(String[] args) {
    System.exit(line().execute(args));
  }

  /** The command without arguments. */
  static Main create() {
    return new Main();
  }

  /** The command line; 0 is success, 1 a failure, 2 wrong usage. */
  static CommandLine line() {
    CommandLine line = new CommandLine(create());
    line.setExecutionExceptionHandler(new Failures());
    line.setUsageHelpAutoWidth(true);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    return line;
  }
}
