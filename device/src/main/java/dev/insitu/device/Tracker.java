package dev.insitu.device;

import dev.insitu.device.Progress.Step;
import java.time.Duration;
import java.util.Optional;

/** A model's state and progress, and who is told of them. Thread-safe. */
final class Tracker {

  private static final long TELL_NANOS = 50_000_000;

  private final String model;
  private final Notifier notifier;
  private final Ticker ticker;

  // guarded by this, all below
  private ModelState state = new ModelState.Available();
  private Step step = Step.IDLE;
  private String version = "";
  private long total;
  private long done;
  private double rate;
  private int runnable;
  private int segments;
  private long told;

  Tracker(String model, Notifier notifier, Ticker ticker) {
    this.model = model;
    this.notifier = notifier;
    this.ticker = ticker;
    this.told = ticker.nanoTime() - TELL_NANOS;
  }

  synchronized ModelState state() {
    return state;
  }

  synchronized Progress progress() {
    return new Progress(
        model, version, state, step, total, done, rate, timeLeft(), runnable, segments);
  }

  private Optional<Duration> timeLeft() {
    if (!(rate > 0) || total == 0 || step != Step.FETCHING) {
      return Optional.empty();
    }
    double seconds = (total - done) / rate;
    return seconds < 1e9 ? Optional.of(Duration.ofNanos((long) (seconds * 1e9))) : Optional.empty();
  }

  /** Sets state and step, and tells of both if they changed. */
  synchronized void set(ModelState next, Step nextStep) {
    boolean changed = !next.equals(state);
    boolean moved = changed || nextStep != step;
    state = next;
    step = nextStep;
    if (changed) {
      notifier.tell(listener -> listener.onState(model, next));
    }
    if (moved) {
      tellProgress();
    }
    notifyAll();
  }

  /** Another transfer begins: nothing of it is done. */
  synchronized void begin() {
    total = 0;
    done = 0;
  }

  synchronized void version(String name) {
    version = name;
  }

  /** Sets how much there is to do. */
  synchronized void total(long bytes) {
    total = bytes;
    done = Math.min(done, bytes);
    tellProgress();
  }

  /** Sets how much of it is done; what was done stays done. */
  synchronized void done(long bytes, double bytesPerSecond) {
    done = Math.max(done, Math.min(bytes, total));
    rate = bytesPerSecond;
    long now = ticker.nanoTime();
    if (done == total || now - told >= TELL_NANOS || now < told) {
      told = now;
      tellProgress();
    }
  }

  /** Sets how many segments can run. */
  synchronized void segments(int canRun, int all) {
    boolean moved = canRun != runnable || all != segments;
    runnable = canRun;
    segments = all;
    if (moved) {
      tellProgress();
    }
  }

  private void tellProgress() {
    notifier.progress(progress());
  }
}
