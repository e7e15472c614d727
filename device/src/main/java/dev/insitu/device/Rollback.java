package dev.insitu.device;

import dev.insitu.device.DeviceException.Reason;
import dev.insitu.device.ModelState.Failed;
import dev.insitu.device.Outcomes.Found;
import dev.insitu.device.Progress.Step;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;

/**
 * The way back to the version before: when the application asks for it, or when what it reports of
 * answers proves that the version before was better. Thread-safe; one at a time.
 */
final class Rollback {

  private final DeviceContext device;
  private final ModelName name;
  private final ModelRuntime runtime;
  private final ModelTransfers transfers;
  private final Tracker tracker;
  private final Versions versions;
  private final Optional<Outcomes> outcomes;

  Rollback(
      DeviceContext device,
      ModelName name,
      ModelRuntime runtime,
      ModelTransfers transfers,
      Tracker tracker) {
    this.device = device;
    this.name = name;
    this.runtime = runtime;
    this.transfers = transfers;
    this.tracker = tracker;
    this.versions = new Versions(device);
    this.outcomes = device.options.accuracyRule().map(Outcomes::new);
  }

  /**
   * Takes the score of an answer.
   *
   * @param serving the version that gave it
   * @param score 0 to 1
   */
  void report(Loaded serving, double score) {
    if (!(score >= 0 && score <= 1)) {
      throw new IllegalArgumentException("A score is 0 to 1, not " + score);
    }
    outcomes
        .flatMap(some -> some.report(serving.digest(), serving.version(), score))
        .ifPresent(this::leave);
  }

  /** Goes back in the background, if the version that was better is still there. */
  private void leave(Found found) {
    try {
      device.transfers.execute(() -> {
        try {
          leaveNow(found);
        } catch (IOException | RuntimeException e) {
          tracker.set(
              new Failed(Reason.STORAGE, "Rolling '" + name + "' back failed: " + e, false),
              Step.IDLE);
        }
      });
    } catch (RejectedExecutionException e) {
      // the SDK has been closed meanwhile
    }
  }

  private synchronized void leaveNow(Found found) throws IOException {
    if (runtime.isClosed() || !applies(found)) {
      return; // it was left, or what was better is gone
    }
    device.notifier.tell(listener -> listener.onAccuracyDrop(name.toString(), found.drop()));
    toPrevious(Optional.of(found.drop()));
  }

  private boolean applies(Found found) {
    ModelRecord record = device.catalog.get(name);
    return record.active().equals(Optional.of(found.worse()))
        && record.previous().equals(Optional.of(found.better()));
  }

  /**
   * Goes back now.
   *
   * @return whether there was a version before
   */
  synchronized boolean toPrevious() throws IOException {
    return toPrevious(Optional.empty());
  }

  private boolean toPrevious(Optional<AccuracyDrop> drop) throws IOException {
    transfers.stopAndWait();
    ModelRecord record = device.catalog.get(name);
    Optional<VersionRecord> previous = record.previous().flatMap(record::version);
    if (previous.isEmpty()) {
      return false;
    }
    String from = runtime.serving().map(Loaded::version).orElse("");
    if (!runtime.rollback()) {
      runtime.swapIn(versions.load(previous.get()), true);
    }
    device.catalog.update(name, ModelRecord::rolledBack, true);
    device.catalog.forgetSuperseded(name);
    String to = previous.get().version();
    tracker.version(to);
    String why = drop.map(some -> ": " + some).orElse("");
    tracker.set(
        new ModelState.OutOfDate(from, "version " + from + " was rolled back" + why), Step.IDLE);
    device.notifier.tell(listener -> listener.onSwapped(name.toString(), from, to));
    return true;
  }
}
