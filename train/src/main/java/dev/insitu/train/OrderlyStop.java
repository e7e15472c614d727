package dev.insitu.train;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a process that is told to end finish the step it is in: PyTorch's threads crash where the
 * library is unloaded under them.
 */
final class OrderlyStop implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final CountDownLatch finished = new CountDownLatch(1);
  private final Thread hook = new Thread(this::stop, "insitu-train-stop");
  private volatile boolean asked;

  OrderlyStop() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void stop() {
    asked = true;
    try {
      if (!finished.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        System.err.println("training did not stop within " + PATIENCE.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the process is about to end. */
  boolean isAsked() {
    return asked;
  }

  /** Nothing more is computed: the process may end. This thread ends with it. */
  void finish() {
    finished.countDown();
    try {
      Thread.sleep(Long.MAX_VALUE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    if (asked) {
      finish();
      return;
    }
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      finish(); // the process began to end just now
    }
  }
}
