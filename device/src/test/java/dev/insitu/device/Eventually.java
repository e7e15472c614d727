package dev.insitu.device;

import java.util.function.BooleanSupplier;

/** Waits for what other threads do. */
final class Eventually {

  private static final long PATIENCE_NANOS = 30_000_000_000L;

  private Eventually() {}

  static void until(BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > PATIENCE_NANOS) {
        throw new AssertionError("It did not happen in 30 s");
      }
      pause(5);
    }
  }

  static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
