package dev.insitu.server.inference;

import dev.insitu.runtime.InferenceException;
import dev.insitu.runtime.Tensor;
import dev.insitu.server.inference.BatchRule.Waiting;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Computes the requests for one part of a model, one batch at a time. Thread-safe.
 *
 * <p>That the first dimension of a value is open does not say that it counts samples. So the first
 * batch is computed request by request as well; if the answers differ, no other batch is made.
 */
final class Batcher {

  private final String name;
  private final UnaryOperator<Map<String, Tensor>> model;
  private final BatchRule rule;
  private final int maxQueued;
  private final Executor executor;
  private final LongSupplier nanoTime;
  private final Work work;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final List<Request> queue = new ArrayList<>(); // guarded by the lock, as all below
  private boolean running;
  private int latest = 1; // requests in the batch before
  private boolean proved;
  private boolean batching;

  /** Counts what is computed. */
  interface Work {

    /** A batch was computed. */
    void computed(int requests, long samples);
  }

  /**
   * An answer.
   *
   * @param waitNanos before it was computed
   * @param computeNanos of the batch that it was computed in
   * @param samples of that batch
   */
  record Outcome(Map<String, Tensor> outputs, long waitNanos, long computeNanos, long samples) {}

  private static final class Request {
    private final Map<String, Tensor> inputs;
    private final Waiting waiting;
    private final long since;
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

    Request(Map<String, Tensor> inputs, Waiting waiting, long since) {
      this.inputs = inputs;
      this.waiting = waiting;
      this.since = since;
    }
  }

  /**
   * @param name of the model in errors
   * @param model computes; called on one thread at a time
   * @param batching whether its values have an open first dimension
   * @param executor runs one task for each batch
   */
  Batcher(
      String name,
      UnaryOperator<Map<String, Tensor>> model,
      boolean batching,
      BatchRule rule,
      int maxQueued,
      Executor executor,
      LongSupplier nanoTime,
      Work work) {
    this.name = name;
    this.model = model;
    this.batching = batching;
    this.rule = rule;
    this.maxQueued = maxQueued;
    this.executor = executor;
    this.nanoTime = nanoTime;
    this.work = work;
  }

  /**
   * Computes, with others where that is possible; returns when the answer is there.
   *
   * @throws RefusedException BUSY if too many wait
   * @throws InferenceException if the model cannot be run on these values
   */
  Outcome run(Map<String, Tensor> inputs) {
    Request request = enqueue(inputs);
    try {
      return request.outcome.join(); // not to be interrupted: the caller lends the model
    } catch (CompletionException e) {
      throw Causes.unchecked(e);
    }
  }

  private Request enqueue(Map<String, Tensor> inputs) {
    lock.lock();
    try {
      if (queue.size() >= maxQueued) {
        throw new RefusedException(
            RefusedException.Reason.BUSY,
            maxQueued
                + " requests wait for '"
                + name
                + "', the most that do.\nMaybe try again in a second.");
      }
      OptionalLong samples = batching ? Samples.count(inputs) : OptionalLong.empty();
      Waiting waiting = new Waiting(Samples.kind(inputs), samples);
      Request request = new Request(inputs, waiting, nanoTime.getAsLong());
      queue.add(request);
      arrived.signal();
      if (!running) {
        startFor(request);
      }
      return request;
    } finally {
      lock.unlock();
    }
  }

  /** How many requests wait. */
  int queued() {
    lock.lock();
    try {
      return queue.size();
    } finally {
      lock.unlock();
    }
  }

  private void startFor(Request request) {
    try {
      start();
    } catch (RefusedException e) {
      queue.remove(request);
      throw e;
    }
  }

  private void start() {
    running = true;
    try {
      executor.execute(this::next);
    } catch (RejectedExecutionException e) {
      running = false;
      throw new RefusedException(
          RefusedException.Reason.STOPPING, "The server is being stopped.\nMaybe try another.");
    }
  }

  /** Computes one batch, and sees to it that the next one is. */
  private void next() {
    List<Request> batch = gather();
    long began = nanoTime.getAsLong();
    try {
      compute(batch, began);
    } catch (RuntimeException | Error e) {
      batch.forEach(request -> request.outcome.completeExceptionally(e));
    } finally {
      lock.lock();
      try {
        goOn();
      } finally {
        lock.unlock();
      }
    }
  }

  private void goOn() {
    running = false;
    if (!queue.isEmpty()) {
      try {
        start(); // behind what waits for other models
      } catch (RefusedException e) {
        queue.forEach(request -> request.outcome.completeExceptionally(e));
        queue.clear();
      }
    }
  }

  private List<Request> gather() {
    lock.lock();
    try {
      long wait;
      while ((wait = rule.waitNanos(waiting(), age(), latest)) > 0) {
        if (arrived.awaitNanos(wait) <= 0) {
          break;
        }
      }
      return take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return take(); // they are computed all the same; the executor is ending
    } finally {
      lock.unlock();
    }
  }

  private List<Waiting> waiting() {
    return queue.stream().map(request -> request.waiting).toList();
  }

  private long age() {
    return nanoTime.getAsLong() - queue.getFirst().since;
  }

  private List<Request> take() {
    List<Integer> chosen =
        batching ? rule.next(waiting()) : List.of(0); // batching may have ended since they came
    List<Request> batch = chosen.stream().map(queue::get).toList();
    chosen.reversed().forEach(index -> queue.remove((int) index));
    latest = batch.size();
    return batch;
  }

  private void compute(List<Request> batch, long began) {
    if (batch.size() == 1) {
      alone(batch.getFirst(), began);
      return;
    }
    long[] counts = batch.stream().mapToLong(one -> one.waiting.samples().orElseThrow()).toArray();
    List<Map<String, Tensor>> answers;
    try {
      answers =
          Samples.split(
              model.apply(Samples.join(batch.stream().map(one -> one.inputs).toList())), counts);
    } catch (InferenceException e) { // perhaps the fault of one of them
      batch.forEach(request -> alone(request, began));
      return;
    }
    if (answers.isEmpty() || !proved) {
      prove(batch, answers, began);
      return;
    }
    long took = nanoTime.getAsLong() - began;
    long samples = Arrays.stream(counts).sum();
    work.computed(batch.size(), samples);
    for (int i = 0; i < counts.length; i++) {
      Request request = batch.get(i);
      request.outcome.complete(new Outcome(answers.get(i), began - request.since, took, samples));
    }
  }

  /** Computes requests one by one and sees whether that gives what they gave together. */
  private void prove(List<Request> batch, List<Map<String, Tensor>> together, long began) {
    boolean same = !together.isEmpty();
    for (int i = 0; i < batch.size(); i++) {
      Outcome outcome = alone(batch.get(i), began);
      if (outcome == null) {
        return; // which says nothing about batches
      }
      same = same && Samples.agree(outcome.outputs(), together.get(i));
    }
    lock.lock();
    try {
      proved = same;
      batching = same;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Outcome alone(Request request, long waited) {
    long began = nanoTime.getAsLong();
    long samples = request.waiting.samples().orElse(1);
    try {
      Map<String, Tensor> outputs = model.apply(request.inputs);
      Outcome outcome =
          new Outcome(outputs, waited - request.since, nanoTime.getAsLong() - began, samples);
      work.computed(1, samples);
      request.outcome.complete(outcome);
      return outcome;
    } catch (RuntimeException | Error e) {
      request.outcome.completeExceptionally(e);
      return null;
    }
  }
}
