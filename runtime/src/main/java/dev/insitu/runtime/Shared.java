package dev.insitu.runtime;

import java.util.concurrent.atomic.AtomicInteger;

/** Something with several holders, disposed of when the last lets go. Starts with one holder. */
abstract class Shared {

  private final AtomicInteger holders = new AtomicInteger(1);

  /** Adds a holder, unless the last has gone. */
  final boolean tryRetain() {
    int count = holders.get();
    while (count > 0) {
      if (holders.compareAndSet(count, count + 1)) {
        return true;
      }
      count = holders.get();
    }
    return false;
  }

  /** Adds a holder; the caller must know of one that is still there. */
  final void retain() {
    if (!tryRetain()) {
      throw new IllegalStateException(this + " has been disposed of");
    }
  }

  /**
   * Removes a holder; the last one disposes. Trouble with that is no trouble of the last holder's:
   * it goes to the thread's handler of uncaught exceptions, and what is left on disk goes with the
   * next start.
   */
  final void release() {
    int left = holders.decrementAndGet();
    if (left == 0) {
      try {
        dispose();
      } catch (RuntimeException e) {
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
      }
    } else if (left < 0) {
      throw new IllegalStateException(this + " was released too often");
    }
  }

  abstract void dispose();
}
