package dev.insitu.device;

import dev.insitu.device.ChangeDetector.Change;
import dev.insitu.device.TransferRule.Transfer;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds the reins of one transfer: others stop it, pause it or wake it; it measures its rate and
 * keeps to its rule. Thread-safe, except that {@link #pass} is for the transfer's own thread.
 */
final class TransferControl implements ContentStream.Control {

  private static final long RULE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final String model;
  private final TransferRule rule;
  private final RateFloor floor;
  private final Ticker ticker;
  private final LongSupplier bytesLeft;
  private final Cancellation cancellation = new Cancellation();
  private final RateMeter rate;
  private final LinkWatch watch;
  private volatile double bytesPerSecond;

  private boolean stopped; // guarded by this
  private boolean expired; // guarded by this
  private @Nullable String paused; // guarded by this
  private boolean woken; // guarded by this

  private long ruleAsked; // of the transfer's own thread, as are those below
  private long floorStart;
  private long floorBytes;
  private boolean moved;

  TransferControl(
      String model,
      TransferRule rule,
      RateFloor floor,
      Ticker ticker,
      LongSupplier bytesLeft,
      LinkMeter link) {
    this.model = model;
    this.rule = rule;
    this.floor = floor;
    this.ticker = ticker;
    this.bytesLeft = bytesLeft;
    this.rate = new RateMeter(ticker.nanoTime());
    this.watch = new LinkWatch(link);
  }

  @Override
  public Cancellation cancellation() {
    return cancellation;
  }

  /** Ends the transfer for good. */
  void stop() {
    synchronized (this) {
      stopped = true;
      notifyAll();
    }
    cancellation.cancelAll();
  }

  /** Holds the transfer until {@link #resume}. */
  void pause(String reason) {
    synchronized (this) {
      paused = reason;
      notifyAll();
    }
    cancellation.cancelAll();
  }

  synchronized void resume() {
    paused = null;
    wake();
  }

  /** Ends a wait. */
  synchronized void wake() {
    woken = true;
    notifyAll();
  }

  /** Ends a wait, and what runs over connections that may be dead. */
  void networkChanged() {
    wake();
    cancellation.cancelAll();
  }

  /**
   * Why the transfer was ended or held from outside, whatever error came of it; returns if it was
   * not.
   */
  synchronized void check() {
    if (stopped) {
      throw new StoppedException("The transfer of '" + model + "' was stopped.");
    }
    if (paused != null) {
      throw new PausedException(paused);
    }
  }

  synchronized boolean isStopped() {
    return stopped;
  }

  /** Ends the fetching, but not what is done with what has come: the time is over. */
  void expire() {
    synchronized (this) {
      expired = true;
      notifyAll();
    }
    cancellation.cancelAll();
  }

  synchronized boolean isExpired() {
    return expired;
  }

  /** As {@link #check}, and whether there is time left to fetch something. */
  void checkTime() {
    check();
    if (isExpired()) {
      throw new StoppedException("The time for the transfer of '" + model + "' is over.");
    }
  }

  /** The change of the link since this was asked last. */
  Optional<Change> takeChange() {
    return watch.takeChange();
  }

  /** Starts an attempt: the time since the last one is no time of slow transfer. */
  void begin() {
    long now = ticker.nanoTime();
    rate.resume(now);
    watch.pause();
    floorStart = now;
    floorBytes = 0;
    ruleAsked = now - RULE_NANOS;
    moved = false;
    synchronized (this) {
      woken = false;
    }
  }

  /** Whether content has come since the attempt began. */
  boolean moved() {
    return moved;
  }

  @Override
  public void pass(int bytes) throws IOException {
    checkTime();
    long now = ticker.nanoTime();
    if (bytes == 0) {
      watch.pause();
    } else {
      watch.add(now, bytes);
      moved = true;
      rate.add(now, bytes);
      bytesPerSecond = rate.bytesPerSecond();
    }
    long sinceRule = now - ruleAsked;
    if (bytes == 0 || sinceRule >= RULE_NANOS || sinceRule < 0) {
      ruleAsked = now;
      rule.refusal(new Transfer(model, bytesLeft.getAsLong()))
          .ifPresent(reason -> {
            throw new PausedException(reason);
          });
    }
    requireFloor(now, bytes);
  }

  private void requireFloor(long now, int bytes) throws IOException {
    floorBytes += bytes;
    long elapsed = now - floorStart;
    long window = floor.over().toNanos();
    if (elapsed < window && elapsed >= 0) {
      return;
    }
    double least = floor.bytesPerSecond() * (window * 1e-9);
    boolean slow = elapsed >= window && elapsed <= 2 * window && floorBytes < least;
    long came = floorBytes;
    floorStart = now;
    floorBytes = 0;
    if (slow) {
      throw new IOException(
          "The content comes too slowly: "
              + came
              + " bytes in "
              + floor.over()
              + "; the floor is "
              + floor.bytesPerSecond()
              + " bytes per second");
    }
  }

  /** The measured rate. */
  double bytesPerSecond() {
    return bytesPerSecond;
  }

  /** Waits, until woken, stopped or paused at the latest. */
  synchronized void await(Duration time) {
    long left = time.toNanos();
    long start = System.nanoTime();
    while (!woken && !stopped && !expired && paused == null && left > 0) {
      left = waitOnce(left, start, time);
    }
    woken = false;
  }

  /** Waits as long as the transfer is paused, and no longer than that time if it is not. */
  synchronized void awaitPermission(Duration poll) {
    while (paused != null && !stopped && !expired) {
      waitOnce(poll.toNanos(), System.nanoTime(), poll);
    }
    if (!woken && !stopped && !expired) {
      waitOnce(poll.toNanos(), System.nanoTime(), poll);
    }
    woken = false;
  }

  private long waitOnce(long left, long start, Duration whole) {
    try {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stopped = true; // whoever owns the thread wants it back
    }
    return whole.toNanos() - (System.nanoTime() - start);
  }
}
