package dev.insitu.runtime;

import dev.insitu.elastic.SubModel;
import java.util.concurrent.CompletableFuture;

/** What a model has reached, as futures and events. Thread-safe. */
final class Milestones {

  private final CurrentSessions sessions;
  private final Events events;
  private volatile boolean failed;
  private volatile boolean fuseDecided;
  private CompletableFuture<Void> runnable = new CompletableFuture<>(); // guarded by this
  private CompletableFuture<SubModel> complete = new CompletableFuture<>();
  private CompletableFuture<FuseReport> fused = new CompletableFuture<>();

  Milestones(CurrentSessions sessions, Events events) {
    this.sessions = sessions;
    this.events = events;
  }

  /** Forgets a failure, because something has changed. */
  void tryAgain() {
    if (failed) {
      failed = false;
      renew(false);
      sessions.fail(null);
    }
  }

  /** Begins anew what a new expectation or a retry makes possible again. */
  synchronized void renew(boolean newTarget) {
    if (runnable.isCompletedExceptionally()) {
      runnable = new CompletableFuture<>();
    }
    if (complete.isCompletedExceptionally() || newTarget && complete.isDone()) {
      complete = new CompletableFuture<>();
    }
    fuseDecided &= !newTarget;
    if (fused.isCompletedExceptionally() || newTarget && fused.isDone()) {
      fused = new CompletableFuture<>();
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
  void complete() {
    tryAgain();
    SubModel active = sessions.active();
    events.tell(listener -> listener.onComplete(active));
    whenComplete().complete(active);
  }

  /** It has been decided whether the segments are joined. */
  void fused(FuseReport report) {
    fuseDecided = true;
    events.tell(listener -> listener.onFused(report));
    whenFused().complete(report);
  }

  /** Nothing more will come until something changes. */
  void failed(InferenceException problem) {
    failed = true;
    sessions.fail(problem);
    whenRunnable().completeExceptionally(problem);
    whenComplete().completeExceptionally(problem);
    whenFused().completeExceptionally(problem);
  }
}
