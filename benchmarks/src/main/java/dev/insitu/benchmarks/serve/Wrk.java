package dev.insitu.benchmarks.serve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** One thread of wrk, which asks one server over and over. */
public final class Wrk {

  private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in");
  private static final Pattern REFUSED = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");
  private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([\\d.]+)");

  private Wrk() {}

  /**
   * What it counted.
   *
   * @param requests answered
   * @param refused of these
   * @param perSecond of them
   */
  public record Count(long requests, long refused, double perSecond) {}

  /** Whether it is installed. */
  public static boolean installed() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, "wrk")));
  }

  /**
   * Fetches.
   *
   * @throws IOException if an answer was an error or wrk failed
   */
  static Count run(String url, int connections, int seconds)
      throws IOException, InterruptedException {
    Count count = run(List.of(), url, connections, seconds);
    if (count.refused() > 0) {
      throw new IOException(url + " refused " + count.refused() + " of " + count.requests());
    }
    return count;
  }

  /**
   * Asks what a script says.
   *
   * @throws IOException if a connection failed or wrk did
   */
  public static Count script(Path script, String url, int connections, int seconds)
      throws IOException, InterruptedException {
    return run(List.of("-s", script.toString()), url, connections, seconds);
  }

  private static Count run(List<String> options, String url, int connections, int seconds)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("wrk", "-t1"));
    command.addAll(List.of("-c" + connections, "-d" + seconds, "--timeout", "20"));
    command.addAll(options);
    command.add(url);
    Process wrk = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Matcher requests = REQUESTS.matcher(output);
    Matcher rate = RATE.matcher(output);
    Matcher refused = REFUSED.matcher(output);
    boolean clean = !output.contains("Socket errors");
    if (wrk.waitFor() != 0 || !clean || !requests.find() || !rate.find()) {
      throw new IOException("wrk on " + url + " says: " + output);
    }
    return new Count(
        Long.parseLong(requests.group(1)),
        refused.find() ? Long.parseLong(refused.group(1)) : 0,
        Double.parseDouble(rate.group(1)));
  }
}
