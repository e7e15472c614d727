package dev.insitu.device;

import dev.insitu.device.DeviceException.Reason;
import dev.insitu.device.ModelState.Failed;
import dev.insitu.elastic.plan.ExitPolicy;
import dev.insitu.runtime.Answer;
import dev.insitu.runtime.InferenceException;
import dev.insitu.runtime.ModelSlots;
import dev.insitu.runtime.Tensor;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Runs a model that may be arriving, being mended, or not be there: waits as long as there is hope,
 * and says why when there is none.
 */
final class Inference {

  private static final Duration SLICE = Duration.ofMillis(500);
  private static final long MENDING_MILLIS = 50;

  private final ModelName name;
  private final ModelRuntime runtime;
  private final ModelTransfers transfers;
  private final Tracker tracker;
  private final HandOver handOver;
  private final ModelSpeed speed;

  Inference(
      ModelName name,
      ModelRuntime runtime,
      ModelTransfers transfers,
      Tracker tracker,
      HandOver handOver,
      ModelSpeed speed) {
    this.name = name;
    this.runtime = runtime;
    this.transfers = transfers;
    this.tracker = tracker;
    this.handOver = handOver;
    this.speed = speed;
  }

  Answer answer(Map<String, Tensor> inputs, Optional<ExitPolicy> policy, Optional<Duration> limit) {
    long start = System.nanoTime();
    while (true) {
      Optional<Duration> left = limit.map(all -> all.minusNanos(System.nanoTime() - start));
      handOver.awaitPlan(left);
      if (handOver.needsModel()) {
        awaitSlots(left);
      }
      Optional<Answer> assisted = assisted(inputs, policy, left);
      if (assisted.isPresent()) {
        return assisted.get();
      }
      ModelSlots slots = awaitSlots(left);
      try {
        return measured(slots, inputs, policy, left);
      } catch (InferenceException e) {
        awaitRemedy(e);
      }
    }
  }

  private Answer measured(
      ModelSlots slots,
      Map<String, Tensor> inputs,
      Optional<ExitPolicy> policy,
      Optional<Duration> left) {
    boolean waits = transfers.isRunning() || !runtime.answers();
    long begin = System.nanoTime();
    Answer answer = ModelRuntime.answer(slots, inputs, policy, left);
    double seconds = (System.nanoTime() - begin) * 1e-9;
    if (!waits) {
      runtime
          .serving()
          .ifPresent(serving -> speed.took(serving.manifest(), inputs, answer, seconds));
    }
    runtime.remember(inputs);
    return answer;
  }

  private Optional<Answer> assisted(
      Map<String, Tensor> inputs, Optional<ExitPolicy> policy, Optional<Duration> left) {
    try {
      return handOver.answer(inputs, policy, left);
    } catch (InferenceException e) {
      awaitRemedy(e);
      return Optional.empty();
    }
  }

  /**
   * Returns if an inference that failed is worth another try, as the model is being mended or was
   * replaced.
   */
  private void awaitRemedy(InferenceException problem) {
    boolean replaced = problem.reason() == InferenceException.Reason.CLOSED && !runtime.isClosed();
    boolean damaged =
        problem.reason() == InferenceException.Reason.MODEL
            || problem.reason() == InferenceException.Reason.MEMORY
            || problem.reason() == InferenceException.Reason.STORAGE;
    if (!replaced && !(damaged && transfers.isRunning())) {
      throw problem;
    }
    if (damaged) {
      try {
        Thread.sleep(MENDING_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw problem;
      }
    }
  }

  private ModelSlots awaitSlots(Optional<Duration> limit) {
    long start = System.nanoTime();
    while (true) {
      requireHope();
      Duration left = SLICE;
      if (limit.isPresent()) {
        Duration rest = limit.get().minusNanos(System.nanoTime() - start);
        left = rest.compareTo(SLICE) < 0 ? rest : SLICE;
      }
      if (left.isNegative()) {
        throw new InferenceException(
            InferenceException.Reason.TIMEOUT,
            "Nothing of model '"
                + name
                + "' could be run in time; it is "
                + tracker.state()
                + ".\nMaybe allow more time.");
      }
      try {
        ModelSlots slots = runtime.await(left);
        if (slots != null) {
          return slots;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InferenceException(
            InferenceException.Reason.INTERRUPTED,
            "The wait for '" + name + "' was interrupted.",
            e);
      }
    }
  }

  /** Refuses to wait for what will not come. */
  private void requireHope() {
    if (runtime.isClosed()) {
      throw new DeviceException(Reason.CLOSED, "Model '" + name + "' is closed.");
    }
    if (transfers.isRunning() || runtime.canStart()) {
      return;
    }
    if (tracker.state() instanceof Failed failed) {
      throw new DeviceException(failed.reason(), failed.message());
    }
    Progress progress = tracker.progress();
    throw new DeviceException(
        Reason.NOT_RUNNABLE,
        "Of model '"
            + name
            + "' not enough is on this device to run it: "
            + progress.runnableSegments()
            + " of "
            + progress.segments()
            + " segments.\nMaybe call pull() first.");
  }
}
