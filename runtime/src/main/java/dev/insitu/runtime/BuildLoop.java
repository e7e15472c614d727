package dev.insitu.runtime;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs a model's builder in short slices on an executor, whenever there is something to do, never
 * two at a time. Thread-safe.
 */
final class BuildLoop {

  /** So long nothing is tried after a failure, unless somebody asks. */
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** So long a standby leaves the processors to whoever makes room for it. */
  private static final long STANDBY_START_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final ScheduledExecutorService executor;
  private final BuildContext context;
  private final ModelBuilder builder;
  private final Inbox inbox;
  private final Milestones milestones;
  private final Courtesy courtesy;
  private final Object slice = new Object(); // held while the builder works
  private boolean cleaned; // guarded by slice
  private long notBefore = System.nanoTime(); // guarded by slice
  private boolean scheduled; // guarded by this
  private @Nullable Future<?> timer; // guarded by this
  private volatile boolean closed;

  BuildLoop(BuildContext context, ModelBuilder builder, Inbox inbox, Milestones milestones) {
    this.executor = context.options().builderExecutor();
    this.context = context;
    this.builder = builder;
    this.inbox = inbox;
    this.milestones = milestones;
    this.courtesy =
        new Courtesy(
            () -> context.options().standby() && Load.present(),
            context.options().standbyShare(),
            nanos(context.options().standbyPatience()));
    if (context.options().standby() && Load.present()) {
      notBefore += STANDBY_START_NANOS;
    }
  }

  private static long nanos(Duration time) {
    try {
      return time.toNanos();
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE;
    }
  }

  /** Sees to it that the builder looks at its notes. */
  void wake() {
    synchronized (this) {
      if (scheduled) {
        return;
      }
      scheduled = true;
    }
    try {
      executor.execute(this::run);
    } catch (RejectedExecutionException e) {
      synchronized (this) {
        scheduled = false;
      }
      if (!closed) {
        throw new InferenceException(
            InferenceException.Reason.CLOSED, "The builder's executor has been shut down.", e);
      }
      cleanUp();
    }
  }

  /** Ends the work after the present slice and frees what the builder holds. */
  void close() {
    closed = true;
    synchronized (this) {
      if (timer != null) {
        timer.cancel(false);
      }
    }
    wake();
  }

  private void run() {
    synchronized (this) {
      scheduled = false;
    }
    long wait = -1;
    synchronized (slice) {
      if (!closed) {
        wait = work();
      }
    }
    if (closed) {
      cleanUp();
    } else if (wait == 0) {
      wake();
    } else if (wait > 0) {
      wakeLater(wait);
    }
  }

  private synchronized void wakeLater(long nanos) {
    if (timer == null || timer.isDone()) {
      timer = executor.schedule(this::wake, nanos, TimeUnit.NANOSECONDS);
    }
  }

  private long work() {
    long pause = notBefore - System.nanoTime();
    if (pause > 0 && !inbox.hasRetry()) {
      return pause;
    }
    try {
      milestones.look();
      builder.note(inbox.take());
      return giveWay(System.nanoTime(), builder.work());
    } catch (BadChunkException e) {
      inbox.forget(e.chunk());
      builder.bad(e);
      return 0;
    } catch (IOException e) {
      fail(new InferenceException(InferenceException.Reason.STORAGE, message(e), e));
    } catch (InferenceException e) {
      fail(e);
    } catch (OutOfMemoryError e) {
      fail(
          InferenceException.memory(
              "Model '" + context.manifest().name() + "' cannot be built", e));
    } catch (RuntimeException | Error e) {
      fail(new InferenceException(InferenceException.Reason.MODEL, message(e), e));
      throw e;
    }
    return -1;
  }

  /** Puts off what comes next if others need the processor. */
  private long giveWay(long start, long wait) {
    long now = System.nanoTime();
    long rest = courtesy.restAfter(now - start);
    if (rest == 0 || wait < 0) {
      return wait;
    }
    notBefore = now + rest;
    return Math.max(wait, rest);
  }

  private String message(Throwable cause) {
    return "Model '" + context.manifest().name() + "' cannot be built: " + cause.getMessage();
  }

  private void fail(InferenceException problem) {
    if (closed) {
      return;
    }
    builder.failed();
    notBefore = System.nanoTime() + PAUSE_NANOS;
    milestones.failed(problem);
    context.events().tell(listener -> listener.onBuildFailed(problem));
  }

  private void cleanUp() {
    synchronized (slice) {
      if (!cleaned) {
        cleaned = true;
        builder.close();
      }
    }
  }
}
