package dev.insitu.runtime;

import java.util.function.Consumer;

/** Hands events to a listener whose faults stay its own. */
final class Events {

  private final RuntimeListener listener;

  Events(RuntimeListener listener) {
    this.listener = listener;
  }

  void tell(Consumer<RuntimeListener> event) {
    try {
      event.accept(listener);
    } catch (RuntimeException e) {
      Thread thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
    }
  }
}
