package dev.insitu.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What several tests assert. */
final class Check {

  static final Duration SOON = Duration.ofSeconds(20);

  private Check() {}

  /** Outputs are the same names, types and shapes, and differ by at most a share of the largest. */
  static void near(Map<String, Tensor> expected, Map<String, Tensor> actual, double tolerance) {
    assertEquals(expected.keySet(), actual.keySet());
    expected.forEach((name, value) -> {
      double difference = Comparison.relativeDifference(value, actual.get(name));
      assertTrue(difference <= tolerance, name + " differs by " + difference);
    });
  }

  static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(SOON.toSeconds(), TimeUnit.SECONDS);
  }

  /** Starts something on a thread of its own: the common pool may have only one. */
  static <T> CompletableFuture<T> start(Supplier<T> action) {
    return CompletableFuture.supplyAsync(action, task -> new Thread(task).start());
  }

  static void eventually(BooleanSupplier condition, String what) throws InterruptedException {
    long end = System.nanoTime() + SOON.toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "never: " + what);
      Thread.sleep(2);
    }
  }

  /** The directory of the only model below a work directory. */
  static Path onlyModel(Path work) throws IOException {
    try (Stream<Path> list = Files.list(work)) {
      return list.filter(path -> path.getFileName().toString().startsWith("model-"))
          .reduce((one, other) -> fail("two models in " + work))
          .orElseThrow();
    }
  }

  /** Entries below a directory, hidden ones left out. */
  static long entries(Path directory) {
    try (Stream<Path> list = Files.list(directory)) {
      return list.filter(path -> !path.getFileName().toString().startsWith(".")).count();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
