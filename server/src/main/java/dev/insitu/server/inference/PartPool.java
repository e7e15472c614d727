package dev.insitu.server.inference;

import dev.insitu.runtime.Tensor;
import dev.insitu.server.inference.RefusedException.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/**
 * Parts of models that are open, shared by all requests. Those that nobody uses go when others need
 * their memory, the one used longest ago first. Thread-safe.
 */
public final class PartPool implements AutoCloseable {

  private final InferenceOptions options;
  private final Executor opening;
  private final Executor computing;
  private final LongSupplier nanoTime;
  private final Map<PartKey, Entry> entries =
      new LinkedHashMap<>(16, 0.75f, true); // guarded by the lock, as all below
  private final ReentrantLock lock = new ReentrantLock();
  private long bytes;
  private boolean closed;
  private final LongAdder batches = new LongAdder();
  private final LongAdder samples = new LongAdder();
  private final LongAdder requests = new LongAdder();

  /**
   * @param opening opens parts; each takes the memory of its model
   * @param computing runs batches; its threads are blocked while they compute
   * @param nanoTime a clock for waiting, as {@link System#nanoTime}
   */
  public PartPool(
      InferenceOptions options, Executor opening, Executor computing, LongSupplier nanoTime) {
    this.options = options;
    this.opening = opening;
    this.computing = computing;
    this.nanoTime = nanoTime;
  }

  /** A part with what waits for it. */
  private record Served(OpenPart part, Batcher batcher) {}

  private static final class Entry {
    private final long bytes;
    private final CompletableFuture<Served> served = new CompletableFuture<>();
    private int users;

    Entry(long bytes) {
      this.bytes = bytes;
    }
  }

  /** The right to use a part until it is closed. */
  public final class Lease implements AutoCloseable {
    private final Entry entry;
    private final Served served;

    private Lease(Entry entry, Served served) {
      this.entry = entry;
      this.served = served;
    }

    /** The part. */
    public OpenPart part() {
      return served.part();
    }

    /**
     * Computes, with others' samples where that is possible.
     *
     * @param values checked
     * @throws RefusedException BUSY if too many wait
     * @throws dev.insitu.runtime.InferenceException if the part cannot be run on these values
     */
    public Outcome run(Map<String, Tensor> values) {
      Batcher.Outcome outcome = served.batcher().run(values);
      return new Outcome(
          outcome.outputs(), outcome.waitNanos(), outcome.computeNanos(), outcome.samples());
    }

    @Override
    public void close() {
      release(entry);
    }
  }

  /**
   * An answer.
   *
   * @param waitNanos before it was computed
   * @param computeNanos of the batch that it was computed in
   * @param samples of that batch
   */
  public record Outcome(
      Map<String, Tensor> outputs, long waitNanos, long computeNanos, long samples) {

    /** Bytes of the outputs. */
    public long bytes() {
      return Samples.bytes(outputs);
    }
  }

  /**
   * A part, opened by the first who asks for it; others wait for that.
   *
   * @param name of the model in errors
   * @param memory that the part will take, in bytes
   * @param open opens it
   * @throws RefusedException if there is no room
   * @throws IOException if it cannot be opened; the next who asks tries again
   */
  public Lease lease(PartKey key, String name, long memory, Callable<OpenPart> open)
      throws IOException, InterruptedException {
    Entry entry = claim(key, name, memory, open);
    try {
      return new Lease(entry, entry.served.get());
    } catch (ExecutionException e) {
      release(entry);
      Throwable cause = e.getCause();
      if (cause instanceof IOException failure) {
        throw failure;
      }
      throw Causes.unchecked(e);
    } catch (InterruptedException e) {
      release(entry);
      throw e;
    }
  }

  private Entry claim(PartKey key, String name, long memory, Callable<OpenPart> open) {
    List<Entry> evicted = new ArrayList<>();
    lock.lock();
    try {
      if (closed) {
        throw new RefusedException(
            Reason.STOPPING, "The server is being stopped.\nMaybe try another.");
      }
      Entry entry = entries.get(key);
      if (entry == null) {
        makeRoom(name, memory, evicted);
        entry = new Entry(memory);
        start(key, name, entry, open);
        entries.put(key, entry);
        bytes += memory;
      }
      entry.users++;
      return entry;
    } finally {
      lock.unlock();
      evicted.forEach(PartPool::dispose);
    }
  }

  private void makeRoom(String name, long memory, List<Entry> evicted) {
    if (memory > options.memoryBytes()) {
      throw new RefusedException(
          Reason.TOO_LARGE,
          "'"
              + name
              + "' would take about "
              + memory
              + " bytes; models may take "
              + options.memoryBytes()
              + " on this server.\nMaybe start it with a larger --inference-memory.");
    }
    for (Iterator<Entry> eldest = entries.values().iterator();
        eldest.hasNext() && bytes + memory > options.memoryBytes(); ) {
      Entry entry = eldest.next();
      if (entry.users == 0) {
        eldest.remove();
        bytes -= entry.bytes;
        evicted.add(entry);
      }
    }
    if (bytes + memory > options.memoryBytes()) {
      throw new RefusedException(
          Reason.BUSY,
          "All memory for models is in use: "
              + bytes
              + " of "
              + options.memoryBytes()
              + " bytes; '"
              + name
              + "' would take about "
              + memory
              + ".\nMaybe try again in a second.");
    }
  }

  private void start(PartKey key, String name, Entry entry, Callable<OpenPart> open) {
    try {
      opening.execute(() -> open(key, name, entry, open));
    } catch (RejectedExecutionException e) {
      throw new RefusedException(
          Reason.STOPPING, "The server is being stopped.\nMaybe try another.");
    }
  }

  private void open(PartKey key, String name, Entry entry, Callable<OpenPart> open) {
    try {
      OpenPart part = open.call();
      entry.served.complete(new Served(part, batcher(name, part)));
    } catch (Exception | Error e) {
      lock.lock();
      try {
        if (entries.remove(key, entry)) {
          bytes -= entry.bytes;
        }
      } finally {
        lock.unlock();
      }
      entry.served.completeExceptionally(e);
    }
  }

  private Batcher batcher(String name, OpenPart part) {
    long most = options.maxBodyBytes();
    UnaryOperator<Map<String, Tensor>> model = values -> part.run(values, most);
    boolean divisible = part.hasOpenFirstDimension();
    return new Batcher(
        name,
        divisible ? new Sliced(model, options.maxBatch(), most) : model,
        divisible,
        new BatchRule(options.maxBatch(), options.maxWait().toNanos()),
        options.maxQueued(),
        computing,
        nanoTime,
        (count, some) -> {
          batches.increment();
          requests.add(count);
          samples.add(some);
        });
  }

  private void release(Entry entry) {
    boolean last;
    lock.lock();
    try {
      entry.users--;
      last = closed && entry.users == 0;
    } finally {
      lock.unlock();
    }
    if (last) {
      dispose(entry);
    }
  }

  private static void dispose(Entry entry) {
    var _ = entry.served.thenAccept(served -> served.part().close());
  }

  /** Bytes of what is open, as estimated. */
  public long bytes() {
    lock.lock();
    try {
      return bytes;
    } finally {
      lock.unlock();
    }
  }

  /** How many parts are open. */
  public int size() {
    lock.lock();
    try {
      return entries.size();
    } finally {
      lock.unlock();
    }
  }

  /** Batches computed so far. */
  public long batches() {
    return batches.sum();
  }

  /** Requests computed so far. */
  public long requests() {
    return requests.sum();
  }

  /** Samples computed so far. */
  public long samples() {
    return samples.sum();
  }

  /** Opens no more; what is in use is closed after its last use. */
  @Override
  public void close() {
    List<Entry> unused = new ArrayList<>();
    lock.lock();
    try {
      closed = true;
      for (Entry entry : entries.values()) {
        if (entry.users == 0) {
          unused.add(entry);
        }
      }
      entries.clear();
      bytes = 0;
    } finally {
      lock.unlock();
    }
    unused.forEach(PartPool::dispose);
  }
}
