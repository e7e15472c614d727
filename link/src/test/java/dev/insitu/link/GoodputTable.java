package dev.insitu.link;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;

/**
 * Prints the goodput of shaped links beside the rate they were set to, and how long an answer took
 * beside two round trips. Run it on an idle machine:
 *
 * <pre>
 * mvn -q -pl link test-compile
 * java -cp link/target/classes:link/target/test-classes dev.insitu.link.GoodputTable
 * </pre>
 */
final class GoodputTable {
  private static final double SECONDS = 1.5;
  private static final Duration DELAY = Duration.ofMillis(10);
  private static final double[] MEGABITS = {0.1, 0.5, 1, 2, 5, 20, 50, 100, 200, 500};

  private GoodputTable() {}

  /** Prints one row per rate. */
  public static void main(String[] args) throws IOException {
    System.out.println("set Mbit/s   goodput   ratio   2 connections   answer to 1 byte (40 ms)");
    try (PatternServer server = PatternServer.onLoopback()) {
      for (double megabits : MEGABITS) {
        row(server, megabits);
      }
    }
  }

  private static void row(PatternServer server, double megabits) throws IOException {
    double one = goodput(server, megabits, 1);
    double two = goodput(server, megabits, 2);
    System.out.printf(
        Locale.ROOT,
        "%10.1f %9.3f %7.4f %15.4f %13.2f ms%n",
        megabits,
        one,
        one / megabits,
        two / megabits,
        1e3 * answerSeconds(server, megabits));
  }

  /** Mbit/s over all connections, each with the same share of bytes. */
  private static double goodput(PatternServer server, double megabits, int connections)
      throws IOException {
    long count = Math.max(30_000, (long) (megabits * 1e6 / 8 * SECONDS)) / connections;
    try (ShapedLink link = open(server, megabits)) {
      Download[] downloads = new Download[connections];
      for (int i = 0; i < connections; i++) {
        downloads[i] = new Download(link, count);
      }
      double sum = 0;
      for (Download download : downloads) {
        sum += download.megabitsPerSecond();
      }
      return sum;
    }
  }

  private static double answerSeconds(PatternServer server, double megabits) throws IOException {
    try (ShapedLink link = open(server, megabits)) {
      long start = System.nanoTime();
      try (PatternClient client = new PatternClient(link.address())) {
        client.ask(0, 1);
        client.receive(0, 1);
        return (System.nanoTime() - start) / 1e9;
      }
    }
  }

  private static ShapedLink open(PatternServer server, double megabits) throws IOException {
    return ShapedLink.to("127.0.0.1", server.port())
        .down(LinkProfile.constant(Math.round(megabits * 1e6), DELAY))
        .up(LinkProfile.constant(10_000_000, DELAY))
        .open();
  }

  /** A download on a thread of its own. */
  private static final class Download {
    private final Thread thread;
    private volatile double megabits = Double.NaN;

    Download(ShapedLink link, long count) {
      thread = Threads.daemon("download", () -> run(link, count));
      thread.start();
    }

    private void run(ShapedLink link, long count) {
      try (PatternClient client = new PatternClient(link.address())) {
        megabits = client.megabitsPerSecond(count);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    double megabitsPerSecond() throws IOException {
      try {
        thread.join();
        return megabits;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
  }
}
