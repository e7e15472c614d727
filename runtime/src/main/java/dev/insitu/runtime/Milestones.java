package dev.insitu.runtime;

import dev.insitu.elastic.SubModel;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What a model has reached, as futures and events. Thread-safe. */
final class Milestones {

  private final CurrentSessions sessions;
  private final Events events;
  private int expectations; // guarded by this
  private boolean failed; // guarded by this
  private volatile boolean fuseDecided;
  private CompletableFuture<Void> runnable = new CompletableFuture<>(); // guarded by this
  private CompletableFuture<SubModel> complete = new CompletableFuture<>();
  private CompletableFuture<FuseReport> fused = new CompletableFuture<>();

  Milestones(CurrentSessions sessions, Events events) {
    this.sessions = sessions;
    this.events = events;
  }

  /**
   * Begins anew for another target.
   *
   * @return its number, without which it cannot be reported as reached
   */
  synchronized int expect() {
    complete = complete.isDone() ? new CompletableFuture<>() : complete;
    fused = fused.isDone() ? new CompletableFuture<>() : fused;
    fuseDecided = false;
    expectations++;
    return expectations;
  }

  /** Forgets a failure, because something has changed. */
  synchronized void tryAgain() {
    if (failed) {
      failed = false;
      runnable = runnable.isCompletedExceptionally() ? new CompletableFuture<>() : runnable;
      complete = complete.isCompletedExceptionally() ? new CompletableFuture<>() : complete;
      fused = fused.isCompletedExceptionally() ? new CompletableFuture<>() : fused;
      sessions.fail(null);
    }
  }

  synchronized CompletableFuture<Void> whenRunnable() {
    return runnable;
  }

  synchronized CompletableFuture<SubModel> whenComplete() {
    return complete;
  }

  synchronized CompletableFuture<FuseReport> whenFused() {
    return fused;
  }

  /** Whether inputs are of no more use for measuring. */
  boolean fuseDecided() {
    return fuseDecided;
  }

  /** Every segment can run. */
  void runnable() {
    tryAgain();
    whenRunnable().complete(null);
  }

  /** Everything expected is in use. */
  void complete(int expectation) {
    tryAgain();
    CompletableFuture<SubModel> reached;
    synchronized (this) {
      if (expectation != expectations) {
        return; // something else is expected by now
      }
      reached = complete;
    }
    SubModel active = sessions.active();
    events.tell(listener -> listener.onComplete(active));
    reached.complete(active);
  }

  /** It has been decided whether the segments are joined. */
  void fused(int expectation, FuseReport report) {
    CompletableFuture<FuseReport> reached;
    synchronized (this) {
      if (expectation != expectations) {
        return;
      }
      reached = fused;
      fuseDecided = true;
    }
    events.tell(listener -> listener.onFused(report));
    reached.complete(report);
  }

  /** Nothing more will come until something changes. */
  void failed(InferenceException problem) {
    List<CompletableFuture<?>> futures;
    synchronized (this) {
      failed = true;
      sessions.fail(problem);
      futures = List.of(runnable, complete, fused);
    }
    futures.forEach(future -> future.completeExceptionally(problem));
  }
}
