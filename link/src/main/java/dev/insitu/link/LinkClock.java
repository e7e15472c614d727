package dev.insitu.link;

import java.util.concurrent.CountDownLatch;

/** The link's time: nanoseconds since its first connection. Thread-safe. */
final class LinkClock {
  private final Ticker ticker;
  private final CountDownLatch started = new CountDownLatch(1);
  private volatile long originNanos;

  LinkClock(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Makes this moment time zero, unless there is a time zero already. */
  synchronized void start() {
    if (started.getCount() > 0) {
      originNanos = ticker.nanoTime();
      started.countDown();
    }
  }

  void awaitStart() throws InterruptedException {
    started.await();
  }

  /** Meaningful once started. */
  long now() {
    return ticker.nanoTime() - originNanos;
  }

  void sleepUntil(long nanos) throws InterruptedException {
    ticker.sleepUntil(originNanos + nanos);
  }
}
