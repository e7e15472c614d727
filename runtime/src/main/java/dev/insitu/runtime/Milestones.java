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
  private boolean ended; // guarded by this
  private int changes; // guarded by this
  private int seen; // guarded by this: the changes that the latest look knew of
  private volatile boolean fuseDecided;
  private CompletableFuture<Void> runnable = new CompletableFuture<>(); // guarded by this
  private CompletableFuture<SubModel> complete = new CompletableFuture<>();
  private CompletableFuture<FuseReport> fused = new CompletableFuture<>();

  Milestones(CurrentSessions sessions, Events events) {
    this.sessions = sessions;
    this.events = events;
  }

  /**
   * Begins anew for another target; a failure is forgotten, as all is looked at again.
   *
   * @return its number, without which it cannot be reported as reached
   */
  synchronized int expect() {
    tryAgain();
    complete = complete.isDone() ? new CompletableFuture<>() : complete;
    fused = fused.isDone() ? new CompletableFuture<>() : fused;
    fuseDecided = false;
    expectations++;
    return expectations;
  }

  /**
   * Begins a look at what there is; a failure that it finds counts unless something changes
   * meanwhile.
   */
  synchronized void look() {
    seen = changes;
  }

  /** Forgets a failure, because something has changed, which is looked at afterwards. */
  synchronized void tryAgain() {
    changes++;
    forget();
  }

  private synchronized void forget() {
    if (failed && !ended) {
      failed = false;
      runnable = reachedOrNew(runnable);
      complete = reachedOrNew(complete);
      fused = reachedOrNew(fused);
      sessions.fail(null);
    }
  }

  /** After a failure nothing is pending: whoever reported it completes what is not yet done. */
  private static <T> CompletableFuture<T> reachedOrNew(CompletableFuture<T> future) {
    boolean reached = future.isDone() && !future.isCompletedExceptionally();
    return reached ? future : new CompletableFuture<>();
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
    forget();
    whenRunnable().complete(null);
  }

  /** Everything expected is in use. */
  void complete(int expectation) {
    forget();
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

  /** Nothing more will come until something changes; unless it just has. */
  void failed(InferenceException problem) {
    fail(problem, false).forEach(future -> future.completeExceptionally(problem));
  }

  /** Nothing more will come. */
  void ended(InferenceException problem) {
    fail(problem, true).forEach(future -> future.completeExceptionally(problem));
  }

  private synchronized List<CompletableFuture<?>> fail(InferenceException problem, boolean last) {
    if (!last && seen != changes) {
      return List.of(); // the next look tells whether it is still so
    }
    failed = true;
    ended |= last;
    sessions.fail(problem);
    return List.of(runnable, complete, fused);
  }
}
