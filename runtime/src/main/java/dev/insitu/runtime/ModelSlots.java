package dev.insitu.runtime;

import dev.insitu.elastic.plan.ExitPolicy;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Two places for models: the active one, which answers, and a standby one, in which a candidate is
 * built, warmed up and checked before one exchange makes it active. For a while after, the standby
 * place holds the model before, ready for a rollback. A model closes when its last inference has
 * ended; no inference is refused because of a swap. Thread-safe.
 */
public final class ModelSlots implements AutoCloseable {

  private final long rollbackNanos;
  private final Object swap = new Object(); // one swap at a time
  private @Nullable Slot active; // guarded by this, as is all below; null when closed
  private @Nullable Slot previous;
  private @Nullable Future<?> expiry;

  /**
   * Makes a model active at once, even if it is still arriving.
   *
   * @param first taken over
   * @param rollbackWindow how long the model before a swap is kept
   */
  public ModelSlots(ProgressiveModel first, Duration rollbackWindow) {
    this.active = new Slot(first);
    this.rollbackNanos = rollbackWindow.toNanos();
  }

  /** Runs the active model, as {@link ProgressiveModel#run(Map)}. */
  public Map<String, Tensor> run(Map<String, Tensor> inputs) {
    return use(model -> model.run(inputs));
  }

  /** Runs the active model, as {@link ProgressiveModel#answer}. */
  public Answer answer(Map<String, Tensor> inputs, ExitPolicy policy) {
    return use(model -> model.answer(inputs, policy));
  }

  /** Gives the active model to a function and keeps it open until that returns. */
  public <T> T use(Function<ProgressiveModel, T> function) {
    Slot leased = lease();
    try {
      return function.apply(leased.model);
    } finally {
      leased.release();
    }
  }

  private synchronized Slot lease() {
    Slot current = requireActive();
    current.retain();
    return current;
  }

  private Slot requireActive() {
    if (active == null) {
      throw new InferenceException(
          InferenceException.Reason.CLOSED, "The models have been closed.");
    }
    return active;
  }

  /**
   * Waits until a candidate can run in its expected depth, checks it, and makes it active. The
   * model kept for a rollback goes first, so that no more than two models are there.
   *
   * @param candidate taken over; closed if it does not become active. Built as {@link
   *     RuntimeOptions#standby} it disturbs the active model least.
   * @param check decides, and warms up
   * @param limit for the wait
   * @throws InferenceException HEALTH if the check finds a problem, MEMORY if building or checking
   *     it takes more than there is, TIMEOUT, INTERRUPTED, or the reason for which the candidate
   *     cannot be built. The active model stays what it was.
   */
  public void swapIn(ProgressiveModel candidate, HealthCheck check, Duration limit) {
    synchronized (swap) {
      forgetPrevious();
      try {
        await(candidate, limit);
        requireHealthy(candidate, check);
      } catch (RuntimeException | Error e) {
        candidate.close();
        throw e;
      }
      exchange(new Slot(candidate));
    }
  }

  private static void await(ProgressiveModel candidate, Duration limit) {
    try {
      candidate.whenRunnable().get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | CompletionException e) {
      if (e.getCause() instanceof InferenceException problem) {
        throw new InferenceException(problem.reason(), String.valueOf(problem.getMessage()), e);
      }
      throw new InferenceException(
          InferenceException.Reason.MODEL, "Candidate " + candidate + " cannot be built", e);
    } catch (TimeoutException e) {
      throw new InferenceException(
          InferenceException.Reason.TIMEOUT,
          "Of candidate "
              + candidate
              + " only "
              + candidate.runnableSegments()
              + " segments can run after "
              + limit.toMillis()
              + " ms.\nMaybe swap when more of it has arrived.",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InferenceException(
          InferenceException.Reason.INTERRUPTED, "The swap was interrupted.", e);
    }
  }

  private static void requireHealthy(ProgressiveModel candidate, HealthCheck check) {
    Optional<String> problem;
    try {
      problem = check.problem(candidate);
    } catch (OutOfMemoryError e) {
      throw InferenceException.memory("Candidate " + candidate + " cannot be checked", e);
    } catch (InferenceException e) {
      throw e.reason() == InferenceException.Reason.MEMORY ? e : unhealthy(candidate, e);
    } catch (RuntimeException e) {
      throw unhealthy(candidate, e);
    }
    if (problem.isPresent()) {
      throw new InferenceException(
          InferenceException.Reason.HEALTH,
          "Candidate " + candidate + " failed its health check: " + problem.get());
    }
  }

  private static InferenceException unhealthy(ProgressiveModel candidate, RuntimeException e) {
    return new InferenceException(
        InferenceException.Reason.HEALTH,
        "Candidate " + candidate + " failed its health check: " + e.getMessage(),
        e);
  }

  private void exchange(Slot next) {
    synchronized (this) {
      if (active != null) {
        Slot old = active;
        previous = old;
        active = next;
        if (rollbackNanos > 0) {
          expiry =
              BuilderThread.shared()
                  .schedule(() -> expire(old), rollbackNanos, TimeUnit.NANOSECONDS);
        }
      } else {
        next.release();
        requireActive();
      }
    }
    if (rollbackNanos <= 0) {
      forgetPrevious();
    }
  }

  /**
   * Makes the model before the last swap active again, if it is still there.
   *
   * @return whether it was
   */
  public boolean rollback() {
    Slot dropped;
    synchronized (this) {
      if (previous == null || active == null) {
        return false;
      }
      dropped = active;
      active = previous;
      previous = null;
      cancelExpiry();
    }
    dropped.release();
    return true;
  }

  private void expire(Slot old) {
    synchronized (this) {
      if (previous != old) {
        return; // another swap or a rollback was faster
      }
    }
    forgetPrevious();
  }

  /** Lets the model before the last swap go. */
  public void forgetPrevious() {
    Slot gone;
    synchronized (this) {
      gone = previous;
      previous = null;
      cancelExpiry();
    }
    if (gone != null) {
      gone.release();
    }
  }

  private void cancelExpiry() {
    if (expiry != null) {
      expiry.cancel(false);
      expiry = null;
    }
  }

  /** The active model. To run it use {@link #run}: a swap may close what this returns. */
  public synchronized ProgressiveModel active() {
    return requireActive().model;
  }

  /** The model a rollback would bring back. */
  public synchronized Optional<ProgressiveModel> previous() {
    return Optional.ofNullable(previous).map(slot -> slot.model);
  }

  /** Refuses further inferences; the models close with their last. */
  @Override
  public void close() {
    forgetPrevious();
    Slot gone;
    synchronized (this) {
      gone = active;
      active = null;
    }
    if (gone != null) {
      gone.release();
    }
  }

  /** A model and the inferences that use it. */
  private static final class Slot extends Shared {

    private final ProgressiveModel model;

    Slot(ProgressiveModel model) {
      this.model = model;
    }

    @Override
    void dispose() {
      model.close();
    }
  }
}
