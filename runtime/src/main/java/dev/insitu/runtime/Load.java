package dev.insitu.runtime;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whether inferences are being asked for in this process. They share its processors, whichever
 * model they are of. Thread-safe.
 */
final class Load {

  /** So long after an inference another one is expected. */
  private static final long RECENT_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How exactly the end of the latest one is known, so that threads seldom write to it. */
  private static final long COARSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private static final AtomicInteger RUNNING = new AtomicInteger();
  private static volatile long lastEnd = System.nanoTime() - RECENT_NANOS;

  private Load() {}

  static void begin() {
    RUNNING.incrementAndGet();
  }

  static void end() {
    RUNNING.decrementAndGet();
    long now = System.nanoTime();
    if (now - lastEnd > COARSE_NANOS) {
      lastEnd = now;
    }
  }

  /** Whether one runs, or one has ended a moment ago. */
  static boolean present() {
    return RUNNING.get() > 0 || System.nanoTime() - lastEnd < RECENT_NANOS;
  }
}
