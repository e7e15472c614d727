package dev.insitu.benchmarks.scenarios;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Many who ask, each again as soon as it has its answer.
 *
 * @param perSecond answers
 * @param latencies of all answers after the warm-up
 */
record AssistLoad(double perSecond, Latencies latencies) {

  private static final double WARM_UP_SECONDS = 2;

  /** One who asks. */
  interface Asker extends AutoCloseable {

    /** Asks and waits for the answer. */
    void ask() throws IOException;

    @Override
    void close() throws IOException;
  }

  /** The latency that a share of all does not exceed. */
  double millis(double share) {
    return latencies.millis(share);
  }

  /**
   * Asks for so long, after two seconds of warm-up.
   *
   * @param makes one who asks
   */
  static AssistLoad run(int count, double seconds, Callable<Asker> makes) throws Exception {
    Latencies latencies = new Latencies();
    long start = System.nanoTime();
    List<Future<?>> all = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(count)) {
      for (int i = 0; i < count; i++) {
        all.add(
            threads.submit(() -> {
              askUntil(WARM_UP_SECONDS + seconds, start, makes, latencies);
              return true;
            }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
    return new AssistLoad(latencies.count() / seconds, latencies);
  }

  private static void askUntil(
      double seconds, long start, Callable<Asker> makes, Latencies latencies) throws Exception {
    try (Asker asker = makes.call()) {
      while (Stats.secondsSince(start) < seconds) {
        long began = System.nanoTime();
        asker.ask();
        double now = Stats.secondsSince(start);
        if (now >= WARM_UP_SECONDS && now < seconds) {
          latencies.add(System.nanoTime() - began);
        }
      }
    }
  }
}
