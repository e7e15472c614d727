package dev.insitu.cli;

import dev.insitu.device.ModelState;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Knows for how long a pull has waited for the network. Thread-safe. */
final class Patience {

  private final Duration most;
  private final LongSupplier nanoTime;
  private long doneBytes = -1;
  private long movedNanos;
  private @Nullable String waitsFor;

  Patience(Duration most, LongSupplier nanoTime) {
    this.most = most;
    this.nanoTime = nanoTime;
    this.movedNanos = nanoTime.getAsLong();
  }

  /** To be told how much has arrived. */
  synchronized void arrived(long bytes) {
    if (bytes > doneBytes) {
      doneBytes = bytes;
      movedNanos = nanoTime.getAsLong();
    }
  }

  /** To be told of every state: attempts that fail do not count as movement. */
  synchronized void state(ModelState state) {
    if (state instanceof ModelState.Paused paused) {
      waitsFor = paused.reason();
    }
  }

  /**
   * Checks that there is hope.
   *
   * @throws CliException if nothing has arrived for too long although it was tried
   */
  synchronized void check() {
    if (waitsFor != null && nanoTime.getAsLong() - movedNanos > most.toNanos()) {
      throw new CliException(
          "Nothing has arrived for "
              + most.toSeconds()
              + " s. "
              + waitsFor
              + "\nMaybe start a server with 'insitu serve', give --server, or wait longer with"
              + " --patience. What has arrived is kept.");
    }
  }
}
