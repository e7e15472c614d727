package dev.insitu.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Data goes to standard output, as text or JSON; everything else goes to standard error. */
final class Console {

  private static final ObjectMapper JSON =
      new ObjectMapper().configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, false);

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(names = "--json", description = "Print one JSON object a line instead of text.")
  private boolean json;

  /** Whether a person watches. Asked of the platform's console, which is there without one too. */
  @SuppressWarnings("SystemConsoleNull")
  static boolean onTerminal() {
    java.io.Console platform = System.console();
    return platform != null && platform.isTerminal();
  }

  boolean json() {
    return json;
  }

  /** Prints one object as JSON. */
  void printJson(Map<String, ?> object) {
    try {
      out().println(JSON.writeValueAsString(object));
      out().flush();
    } catch (IOException e) {
      throw new IllegalStateException("Writing to memory cannot fail", e);
    }
  }

  /** Prints a line of text, unless JSON was asked for. */
  void print(String format, Object... values) {
    if (!json) {
      out().println(values.length == 0 ? format : String.format(Locale.ROOT, format, values));
      out().flush();
    }
  }

  /** Prints the object as JSON or the text, whichever was asked for. */
  void print(Map<String, ?> object, String text) {
    if (json) {
      printJson(object);
    } else {
      print("%s", text);
    }
  }

  /** Tells people something that is no data. */
  void note(String format, Object... values) {
    err().println(values.length == 0 ? format : String.format(Locale.ROOT, format, values));
    err().flush();
  }

  PrintWriter out() {
    return spec.commandLine().getOut();
  }

  PrintWriter err() {
    return spec.commandLine().getErr();
  }
}
