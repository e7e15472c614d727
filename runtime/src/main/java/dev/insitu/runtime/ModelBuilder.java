package dev.insitu.runtime;

import dev.insitu.elastic.SubModel;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decodes what arrives and keeps the sessions as good as the chunks allow. Works in short slices on
 * the builder's executor, so that several models can share a thread; the other methods only leave a
 * note for it.
 */
final class ModelBuilder {

  private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final BuildContext context;
  private final SegmentBuilder segments;
  private final Fusion fusion;
  private final ScheduledExecutorService executor;

  // Notes, guarded by this.
  private final BitSet announced = new BitSet();
  private final ArrayDeque<Integer> arrivals = new ArrayDeque<>();
  private SubModel @Nullable [] expectation;
  private boolean scheduled;
  private boolean closed;
  private CompletableFuture<Void> runnable = new CompletableFuture<>();
  private CompletableFuture<SubModel> complete = new CompletableFuture<>();

  // The builder's own, used in slices only.
  private final ArrivalQueue queue = new ArrivalQueue();
  private long notBefore = System.nanoTime();
  private boolean finished;
  private boolean fused;
  private volatile long buildNanos;

  ModelBuilder(BuildContext context, SegmentBuilder segments, Fusion fusion) {
    this.context = context;
    this.segments = segments;
    this.fusion = fusion;
    this.executor = context.options().builderExecutor();
  }

  void expect(SubModel starter, SubModel target) {
    synchronized (this) {
      expectation = new SubModel[] {starter, target};
      if (complete.isDone()) {
        complete = new CompletableFuture<>();
      }
    }
    schedule(0);
  }

  void arrived(int chunk) {
    synchronized (this) {
      if (closed || announced.get(chunk)) {
        return;
      }
      announced.set(chunk);
      arrivals.add(chunk);
    }
    schedule(0);
  }

  /** Tries again what failed. */
  void retry() {
    synchronized (this) {
      if (runnable.isCompletedExceptionally()) {
        runnable = new CompletableFuture<>();
      }
    }
    context.sessions().fail(null);
    schedule(0);
  }

  synchronized CompletableFuture<Void> runnable() {
    return runnable;
  }

  synchronized CompletableFuture<SubModel> complete() {
    return complete;
  }

  long buildNanos() {
    return buildNanos;
  }

  void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    schedule(0);
  }
}
