package dev.insitu.device;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tells a listener what happened, in order, one thing at a time, on an executor. Thread-safe. */
final class Notifier {

  private final ModelListener listener;
  private final Executor executor;
  private final Deque<Consumer<ModelListener>> events = new ArrayDeque<>(); // guarded by this
  private @Nullable Progress latest; // guarded by this; not yet told
  private boolean running; // guarded by this

  Notifier(ModelListener listener, Executor executor) {
    this.listener = listener;
    this.executor = executor;
  }

  /** Tells of an event that must not be lost. */
  void tell(Consumer<ModelListener> event) {
    synchronized (this) {
      flushProgress();
      events.add(event);
    }
    start();
  }

  /** Tells of progress; only the latest is told if the listener is slow. */
  void progress(Progress progress) {
    synchronized (this) {
      Progress waiting = latest;
      if (waiting != null && !waiting.model().equals(progress.model())) {
        flushProgress();
      }
      latest = progress;
    }
    start();
  }

  private void flushProgress() {
    Progress waiting = latest;
    if (waiting != null) {
      latest = null;
      events.add(target -> target.onProgress(waiting));
    }
  }

  private void start() {
    synchronized (this) {
      if (running) {
        return;
      }
      running = true;
    }
    try {
      executor.execute(this::drain);
    } catch (RejectedExecutionException e) {
      synchronized (this) {
        running = false; // the application has ended its executor: nobody listens any more
      }
    }
  }

  private void drain() {
    while (true) {
      Consumer<ModelListener> next;
      synchronized (this) {
        if (events.isEmpty()) {
          flushProgress();
        }
        next = events.poll();
        if (next == null) {
          running = false;
          return;
        }
      }
      deliver(next);
    }
  }

  private void deliver(Consumer<ModelListener> event) {
    try {
      event.accept(listener);
    } catch (RuntimeException e) {
      // a listener's fault stays its own
      Thread thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
    }
  }
}
