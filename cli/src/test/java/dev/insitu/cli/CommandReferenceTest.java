package dev.insitu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/**
 * The reference of commands is what the commands say of themselves; {@code -Dinsitu.update} writes
 * it anew.
 */
final class CommandReferenceTest {

  private static final Path PAGE = Path.of("..", "docs", "reference", "commands.md");

  @Test
  void referencePageIsWhatCommandsSay() throws IOException {
    String page = page();
    if (System.getProperty("insitu.update") != null) {
      Files.createDirectories(PAGE.getParent());
      Files.writeString(PAGE, page);
    }
    assertEquals(
        page,
        Files.readString(PAGE),
        "run mvn -pl cli test -Dtest=CommandReferenceTest -Dinsitu.update to write docs/reference/commands.md anew");
  }

  @Test
  void everyCommandShowsAnExampleAndSpeaksJson() {
    assertEveryCommandShowsAnExampleAndSpeaksJson(new CommandLine(Main.create()));
  }

  private static void assertEveryCommandShowsAnExampleAndSpeaksJson(CommandLine line) {
    for (Map.Entry<String, CommandLine> command : line.getSubcommands().entrySet()) {
      String usage = command.getValue().getUsageMessage(Ansi.OFF);
      assertTrue(usage.contains("Example:"), command.getKey() + " shows no example");
      if (command.getValue().getSubcommands().isEmpty()) {
        assertTrue(usage.contains("--json"), command.getKey() + " has no --json");
      } else {
        assertEveryCommandShowsAnExampleAndSpeaksJson(command.getValue());
      }
    }
  }

  private static String page() {
    StringBuilder page = new StringBuilder("# Commands\n\nWritten from the commands themselves.\n");
    CommandLine line = new CommandLine(Main.create());
    line.setUsageHelpWidth(110);
    append(page, "insitu", line);
    appendCommands(page, "insitu ", line);
    return page.toString();
  }

  private static void appendCommands(StringBuilder page, String before, CommandLine line) {
    for (Map.Entry<String, CommandLine> command : line.getSubcommands().entrySet()) {
      if (command.getValue().getCommandName().equals(command.getKey())) {
        String title = before + command.getKey();
        append(page, title, command.getValue());
        appendCommands(page, title + " ", command.getValue());
      }
    }
  }

  private static void append(StringBuilder page, String title, CommandLine command) {
    command.setUsageHelpWidth(110);
    page.append("\n## ").append(title).append("\n\n```\n");
    page.append(command.getUsageMessage(Ansi.OFF).replaceAll("[ \t]+\n", "\n").stripTrailing())
        .append("\n```\n");
  }
}
