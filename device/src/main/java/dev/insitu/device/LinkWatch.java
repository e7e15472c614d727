package dev.insitu.device;

import dev.insitu.device.ChangeDetector.Change;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Watches the rate of one transfer: cuts it into samples for the meter, and notices when its level
 * changes. Waiting for an answer counts as no transfer. For the transfer's thread.
 */
final class LinkWatch {

  /** Length of a sample. */
  static final long SAMPLE_NANOS = 250_000_000;

  private static final long JUMP_NANOS = 10_000_000_000L;
  private static final int MOST_AT_ONCE = 10; // samples that a long silence stands for

  private final LinkMeter meter;
  private final ChangeDetector detector = new ChangeDetector();
  private @Nullable Change change;
  private boolean waiting = true;
  private long start;
  private long bytes;

  LinkWatch(LinkMeter meter) {
    this.meter = meter;
  }

  /** Nothing comes now because nothing was asked for yet. */
  void pause() {
    waiting = true;
  }

  /** Says that bytes have come by now. */
  void add(long nowNanos, long some) {
    long elapsed = nowNanos - start;
    if (waiting || elapsed < 0 || elapsed > JUMP_NANOS) {
      waiting = false; // what comes first had time to gather on the way
      start = nowNanos;
      bytes = 0;
      return;
    }
    bytes += some;
    if (elapsed >= SAMPLE_NANOS) {
      sample(bytes / (elapsed * 1e-9), elapsed / SAMPLE_NANOS);
      start = nowNanos;
      bytes = 0;
    }
  }

  private void sample(double bytesPerSecond, long times) {
    for (int i = 0; i < Math.min(times, MOST_AT_ONCE); i++) {
      meter.rate(bytesPerSecond);
      Optional<Change> found = detector.add(bytesPerSecond);
      if (found.isPresent()) {
        change = found.get();
        meter.changed(found.get().after());
      }
    }
  }

  /** The change since this was asked last. */
  Optional<Change> takeChange() {
    Optional<Change> found = Optional.ofNullable(change);
    change = null;
    return found;
  }
}
