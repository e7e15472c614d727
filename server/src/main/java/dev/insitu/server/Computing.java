package dev.insitu.server;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;

/** Runs what may block or take long, off the connections' threads, and answers its failures. */
final class Computing {

  /** Most requests that compute at once; more are told to come again. */
  static final int MAX_AT_ONCE = 256;

  private final ExecutorService executor;
  private final ServerMetrics metrics;
  private final Semaphore permits = new Semaphore(MAX_AT_ONCE);

  Computing(ExecutorService executor, ServerMetrics metrics) {
    this.executor = executor;
    this.metrics = metrics;
  }

  /** A step that may fail. */
  interface Action {
    void run() throws Exception;
  }

  /** Runs an action here; a failure becomes the answer. */
  void attempt(Exchange exchange, Action action) {
    try {
      action.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      exchange.problem(
          new Problem(
              503, "stopping", "The server is being stopped.\nMaybe try again in a moment."));
    } catch (Exception | StackOverflowError | OutOfMemoryError e) {
      Problem problem = Problem.of(e);
      metrics.failed(problem, e);
      exchange.problem(problem);
    }
  }

  /** Runs an action on a thread of its own. False if it was refused, and never runs. */
  boolean start(Exchange exchange, Action action) {
    if (!permits.tryAcquire()) {
      exchange.problem(
          new Problem(
              503,
              "busy",
              MAX_AT_ONCE
                  + " requests are being worked on; no more are taken.\nMaybe try again in a second."));
      return false;
    }
    executor.execute(() -> {
      try {
        attempt(exchange, action);
      } finally {
        permits.release();
      }
    });
    return true;
  }
}
