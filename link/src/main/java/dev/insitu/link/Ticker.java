package dev.insitu.link;

import java.util.concurrent.locks.LockSupport;

/** A source of time that can also be waited on. Implementations are thread-safe. */
public interface Ticker {
  /** Nanoseconds since some fixed moment. */
  long nanoTime();

  /**
   * Waits until {@link #nanoTime()} has reached {@code deadlineNanos}; returns at once if it has.
   *
   * @throws InterruptedException if the waiting thread is interrupted
   */
  void sleepUntil(long deadlineNanos) throws InterruptedException;

  /** The system's monotonic clock. Oversleeps by some 0.1 ms on an idle machine. */
  static Ticker system() {
    return SystemTicker.INSTANCE;
  }

  /** {@link System#nanoTime()} and parking. */
  enum SystemTicker implements Ticker {
    /** The only one. */
    INSTANCE;

    @Override
    public long nanoTime() {
      return System.nanoTime();
    }

    @Override
    public void sleepUntil(long deadlineNanos) throws InterruptedException {
      for (long left = deadlineNanos - nanoTime(); left > 0; left = deadlineNanos - nanoTime()) {
        LockSupport.parkNanos(left);
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
    }
  }
}
