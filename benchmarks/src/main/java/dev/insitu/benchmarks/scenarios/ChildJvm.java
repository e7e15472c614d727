package dev.insitu.benchmarks.scenarios;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A process of this program, with the flags that the command line runs with. */
final class ChildJvm implements AutoCloseable {

  private final String name;
  private final Process process;
  private final BufferedReader lines;

  private ChildJvm(String name, Process process) {
    this.name = name;
    this.process = process;
    this.lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  static ChildJvm start(Class<?> main, List<String> flags, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.addAll(flags);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    return new ChildJvm(main.getSimpleName(), process);
  }

  /**
   * Waits for a line.
   *
   * @throws IOException if the process ends without it
   */
  void awaitLine(String wanted) throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.equals(wanted)) {
        return;
      }
    }
    throw new IOException(name + " ended before it said '" + wanted + "'.");
  }

  /**
   * All lines until the end.
   *
   * @throws IOException if the process fails
   */
  List<String> lines() throws IOException, InterruptedException {
    List<String> all = lines.readAllLines();
    if (process.waitFor() != 0) {
      throw new IOException(name + " ended with " + process.exitValue() + ".");
    }
    return all;
  }

  /** All lines {@code key=figure} until the end. */
  Seen figures() throws IOException, InterruptedException {
    Map<String, Double> figures = new LinkedHashMap<>();
    for (String line : lines()) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        figures.put(line.substring(0, equals), Double.valueOf(line.substring(equals + 1)));
      }
    }
    return new Seen(figures);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Ends it at once, as {@code kill -9} does. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
