package dev.insitu.runtime;

import dev.insitu.elastic.SubModel;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The sessions a model runs with now: leased by inferences, exchanged at once by the builder. */
final class CurrentSessions {

  /** A deadline that never comes. */
  static final long NEVER = Long.MAX_VALUE;

  private final String model;
  private final Parts parts;
  private SessionSet set; // guarded by this, as is all below
  private boolean closed;
  private @Nullable InferenceException failure;

  CurrentSessions(String model, Parts parts, SessionSet first) {
    this.model = model;
    this.parts = parts;
    this.set = first;
  }

  /** The current sessions, for the caller to release. */
  synchronized SessionSet lease() {
    requireOpen();
    set.retain();
    return set;
  }

  /**
   * The current sessions, as soon as a part can run, for the caller to release.
   *
   * @param deadline by {@link System#nanoTime}, or {@link #NEVER}
   */
  SessionSet leaseWith(int part, long deadline) {
    return leaseWhen(some -> some.canRun(part), part, deadline);
  }

  /** As {@link #leaseWith}, as soon as the depth or an exit before it can answer. */
  SessionSet leaseAnswering(int depth, long deadline) {
    return leaseWhen(some -> some.answering(depth) > 0, 0, deadline);
  }

  private synchronized SessionSet leaseWhen(Predicate<SessionSet> enough, int part, long deadline) {
    while (true) {
      requireOpen();
      if (enough.test(set)) {
        set.retain();
        return set;
      }
      if (failure != null) {
        throw new InferenceException(
            failure.reason(), String.valueOf(failure.getMessage()), failure);
      }
      await(part, deadline);
    }
  }

  @SuppressWarnings("WaitNotInLoop") // the caller loops
  private void await(int part, long deadline) {
    try {
      if (deadline == NEVER) {
        wait();
        return;
      }
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new InferenceException(
            InferenceException.Reason.TIMEOUT,
            parts.name(part)
                + " of model '"
                + model
                + "' was not there in time; "
                + set.runnable()
                + " of "
                + set.size()
                + " segments can run.\nMaybe the link is slow: allow more time.");
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InferenceException(
          InferenceException.Reason.INTERRUPTED,
          "The wait for a part of model '" + model + "' was interrupted.",
          e);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw InferenceException.closed(model);
    }
  }

  /** Exchanges the sessions; the old ones go with their last lease. */
  void exchange(SessionSet next) {
    SessionSet old;
    synchronized (this) {
      old = closed ? next : set;
      set = closed ? set : next;
      notifyAll();
    }
    old.release();
  }

  /**
   * Lets everyone know who waits for a segment that did not become runnable; null takes it back.
   */
  synchronized void fail(@Nullable InferenceException problem) {
    failure = problem;
    notifyAll();
  }

  /** The chunks that all sessions know, also after closing. */
  synchronized SubModel active() {
    return set.active();
  }

  /** How many segments from the first can run. */
  synchronized int runnable() {
    return closed ? 0 : set.runnable();
  }

  /** The depth at most {@code depth} at which an inference can be answered; 0 if there is none. */
  synchronized int answering(int depth) {
    return closed ? 0 : set.answering(depth);
  }

  /** Whether there is a session for the whole graph. */
  synchronized boolean fused() {
    return !closed && set.whole() != null;
  }

  /**
   * Refuses new leases; the sessions go with their last lease.
   *
   * @return whether they were open
   */
  boolean close() {
    SessionSet last;
    synchronized (this) {
      if (closed) {
        return false;
      }
      closed = true;
      last = set;
      notifyAll();
    }
    last.release();
    return true;
  }
}
