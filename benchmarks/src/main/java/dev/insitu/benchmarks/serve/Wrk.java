package dev.insitu.benchmarks.serve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One thread of wrk, which fetches one URL over and over. */
final class Wrk {

  private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in");
  private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([\\d.]+)");

  private Wrk() {}

  /**
   * What it counted.
   *
   * @param requests answered
   * @param perSecond of them
   */
  record Count(long requests, double perSecond) {}

  /**
   * Fetches.
   *
   * @throws IOException if an answer was an error or wrk failed
   */
  static Count run(String url, int connections, int seconds)
      throws IOException, InterruptedException {
    Process wrk =
        new ProcessBuilder("wrk", "-t1", "-c" + connections, "-d" + seconds, "--timeout", "20", url)
            .redirectErrorStream(true)
            .start();
    String output = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Matcher requests = REQUESTS.matcher(output);
    Matcher rate = RATE.matcher(output);
    boolean clean = !output.contains("Non-2xx") && !output.contains("Socket errors");
    if (wrk.waitFor() != 0 || !clean || !requests.find() || !rate.find()) {
      throw new IOException("wrk on " + url + " says: " + output);
    }
    return new Count(Long.parseLong(requests.group(1)), Double.parseDouble(rate.group(1)));
  }
}
