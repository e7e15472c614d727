package dev.insitu.device;

import dev.insitu.device.DeviceException.Reason;
import dev.insitu.device.ModelState.Failed;
import dev.insitu.device.Progress.Step;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.elastic.plan.Range;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.runtime.InferenceException;
import dev.insitu.runtime.ModelSlots;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A model on this device: what runs of it, and what is being fetched. Thread-safe; inferences run
 * side by side. Belongs to its {@link Insitu}, which closes it.
 */
public final class Model {

  private static final Duration SLICE = Duration.ofMillis(500);
  private static final long RETRY_SECONDS = 2;
  private static final long MENDING_MILLIS = 50;

  private final DeviceContext device;
  private final ModelName name;
  private final Tracker tracker;
  private final Tally tally = new Tally();
  private final ModelRuntime runtime;
  private final Versions versions;
  private @Nullable Transfer transfer; // guarded by this
  private boolean again; // guarded by this
  private CompletableFuture<ModelState> done = new CompletableFuture<>(); // guarded by this
  private CompletableFuture<Void> runnable = new CompletableFuture<>(); // guarded by this

  Model(DeviceContext device, ModelName name) {
    this.device = device;
    this.name = name;
    this.tracker = new Tracker(name.toString(), device.notifier, device.options.ticker());
    this.runtime = new ModelRuntime(device.workDirectory(), device.options, new RuntimeWatcher());
    this.versions = new Versions(device);
  }

  /**
   * Takes up what is on the disk. The version before takes the place of an active one that is
   * damaged.
   */
  void load() throws IOException {
    ModelRecord record = device.catalog.open(name);
    Optional<VersionRecord> active = record.activeVersion();
    if (active.isEmpty()) {
      return;
    }
    try {
      start(active.get(), record);
    } catch (ElasticException | DeviceException | IOException e) {
      loadPrevious(record, e);
    }
  }

  private void loadPrevious(ModelRecord record, Exception problem) throws IOException {
    Reason reason =
        problem instanceof ElasticException elastic
            ? TransferLoop.reasonOf(elastic)
            : problem instanceof DeviceException other ? other.reason() : Reason.STORAGE;
    fail(reason, "Model '" + name + "' on this device cannot be used: " + problem.getMessage());
    Optional<VersionRecord> previous = record.previous().flatMap(record::version);
    if (previous.isPresent()) {
      try {
        start(previous.get(), record);
      } catch (ElasticException | DeviceException | IOException e) {
        problem.addSuppressed(e); // neither version can be used; the state says why
      }
    }
  }

  private void start(VersionRecord version, ModelRecord record) throws IOException {
    Loaded loaded = versions.load(version);
    SubModel target =
        loaded.inFile()
            ? SubModel.whole(loaded.manifest())
            : loaded.with(Range.indices(version.target()));
    SubModel starter =
        version.complete()
            ? target
            : record
                .pending()
                .filter(pending -> pending.manifest().equals(version.manifest()))
                .map(pending -> Versions.starter(loaded, pending.plan().plan()))
                .orElse(target);
    SubModel there = loaded.usable();
    boolean whole = there.includes(target);
    new Installer(device, name, runtime, control())
        .startRuntime(loaded, starter, whole ? target : there.union(starter));
    afterStart();
    tracker.version(version.version());
    if (version.complete() && whole) {
      tracker.set(new ModelState.Downloaded(), Step.IDLE);
    }
    device.catalog.update(
        name, some -> some.with(version.manifest(), v -> v.withUsed(device.catalog.now())), false);
  }

  private TransferControl control() {
    return new TransferControl(
        name.toString(),
        device.options.rule(),
        device.options.rateFloor(),
        device.options.ticker(),
        () -> {
          Progress progress = tracker.progress();
          return progress.totalBytes() - progress.doneBytes();
        });
  }

  @SuppressWarnings("FutureReturnValueIgnored") // a failure shows in the pull and in the inference
  private void afterStart() {
    CompletableFuture<Void> ready;
    synchronized (this) {
      ready = runnable;
    }
    runtime
        .whenRunnable()
        .whenComplete((nothing, problem) -> {
          if (problem == null && ready.complete(null)) {
            String version = runtime.serving().map(Loaded::version).orElse("");
            device.notifier.tell(listener -> listener.onRunnable(name.toString(), version));
          }
        });
  }

  /** The name it was opened with. */
  public String name() {
    return name.toString();
  }

  /** Pulls what the options wish for, as {@link #pull(Wishes)}. */
  public Model pull() {
    return pull(device.options.wishes());
  }

  /**
   * Begins to bring the model to what the server has, as far as the wishes go; returns at once. A
   * pull that runs with the same wishes goes on, one with others ends. What arrives can be run
   * before all has arrived.
   *
   * @param wishes what is held is added by the SDK
   * @return this
   */
  public synchronized Model pull(Wishes wishes) {
    requireOpen();
    Transfer running = transfer;
    if (running != null && !running.ended()) {
      if (running.wishes.equals(wishes)) {
        running.control.wake();
        return this;
      }
      running.control.stop();
    }
    if (done.isDone()) {
      done = new CompletableFuture<>();
    }
    Transfer next = new Transfer(wishes, done, running);
    transfer = next;
    tracker.set(new ModelState.Downloading(), Step.PLANNING);
    device.transfers.execute(next);
    return this;
  }

  private void requireOpen() {
    if (runtime.isClosed()) {
      throw new DeviceException(Reason.CLOSED, "Model '" + name + "' is closed.");
    }
  }

  /**
   * Runs the model on one set of inputs. Waits for what it needs as long as a pull is on its way
   * and the options allow.
   *
   * @param inputs by name
   * @return the outputs by name, in the model's order
   * @throws DeviceException NOT_RUNNABLE if nothing is here and nothing is coming, or the reason
   *     why the pull failed
   * @throws InferenceException if the inputs are wrong, the time is over, or the model cannot run
   */
  public Map<String, Tensor> run(Map<String, Tensor> inputs) {
    return run(inputs, device.options.waitLimit());
  }

  /**
   * As {@link #run(Map)}, with a limit for waiting.
   *
   * @param limit for everything that is waited for together
   */
  public Map<String, Tensor> run(Map<String, Tensor> inputs, Duration limit) {
    return run(inputs, Optional.of(limit));
  }

  private Map<String, Tensor> run(Map<String, Tensor> inputs, Optional<Duration> limit) {
    long start = System.nanoTime();
    while (true) {
      Optional<Duration> left = limit.map(whole -> whole.minusNanos(System.nanoTime() - start));
      ModelSlots slots = awaitSlots(left);
      try {
        Map<String, Tensor> outputs = ModelRuntime.run(slots, inputs, left);
        runtime.remember(inputs);
        return outputs;
      } catch (InferenceException e) {
        awaitRemedy(e);
      }
    }
  }

  /** Returns if an inference that failed is worth another try, as the model is being mended. */
  private void awaitRemedy(InferenceException problem) {
    boolean replaced = problem.reason() == InferenceException.Reason.CLOSED && !runtime.isClosed();
    boolean damaged =
        problem.reason() == InferenceException.Reason.MODEL
            || problem.reason() == InferenceException.Reason.STORAGE;
    if (!replaced && !(damaged && isPulling())) {
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
      requireOpen();
      requireHope();
      Duration left =
          limit.orElse(SLICE).minusNanos(limit.isPresent() ? System.nanoTime() - start : 0);
      if (left.isNegative()) {
        throw new InferenceException(
            InferenceException.Reason.TIMEOUT,
            "Nothing of model '"
                + name
                + "' could be run in time; it is "
                + tracker.progress().state()
                + ".\nMaybe allow more time.");
      }
      try {
        ModelSlots slots = runtime.await(left.compareTo(SLICE) < 0 ? left : SLICE);
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
    if (isPulling() || runtime.canStart()) {
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

  private synchronized boolean isPulling() {
    return transfer != null && !transfer.ended();
  }

  /** Where it stands. */
  public ModelState state() {
    return tracker.state();
  }

  /** How far it has come. */
  public Progress progress() {
    return tracker.progress();
  }

  /** Bytes read from the network for this model, since this object was made. */
  public TransferCounters counters() {
    return tally.counters();
  }

  /** Completes when inference can begin. */
  public synchronized CompletableFuture<Void> whenRunnable() {
    return runnable;
  }

  /** Completes with the state in which the pull ends; without a pull it waits for the next one. */
  public synchronized CompletableFuture<ModelState> whenDone() {
    return done;
  }

  /** The version that serves; empty if none does. */
  public Optional<String> version() {
    return runtime.serving().map(Loaded::version);
  }

  /** What the version that serves, or is arriving, takes; empty while there is none. */
  public List<ValueSpec> inputs() {
    return runtime.serving().map(loaded -> loaded.manifest().inputs()).orElse(List.of());
  }

  /** The versions on the device. */
  public List<ModelVersion> versions() {
    ModelRecord record = device.catalog.get(name);
    List<ModelVersion> found = new ArrayList<>();
    for (VersionRecord version : record.versions()) {
      Optional<Digest> digest = Optional.of(version.manifest());
      found.add(
          new ModelVersion(
              version.version(),
              version.manifest(),
              record.active().equals(digest),
              record.previous().equals(digest),
              version.complete(),
              version.pinned()));
    }
    return found;
  }

  /** Holds the pull that runs until {@link #resume}. What has arrived can be run. */
  public synchronized void pause() {
    if (transfer != null) {
      transfer.control.pause("paused by the application");
    }
  }

  /** Lets the pull go on. */
  public synchronized void resume() {
    if (transfer != null) {
      transfer.control.resume();
    }
  }

  /** Ends the pull that runs. What has arrived stays; another pull goes on with it. */
  public synchronized void stop() {
    if (transfer != null) {
      transfer.control.stop();
    }
  }

  synchronized void wake(boolean networkChanged) {
    if (transfer != null) {
      if (networkChanged) {
        transfer.control.networkChanged();
      } else {
        transfer.control.wake();
      }
    }
  }

  /** Keeps the version that serves from eviction, or no longer. */
  public void pin(boolean pinned) throws IOException {
    device.catalog.update(
        name,
        record ->
            record
                .active()
                .map(digest -> record.with(digest, v -> v.withPinned(pinned)))
                .orElse(record),
        true);
  }

  /**
   * Makes the version before serve again. The one that served is not taken again, unless it is
   * asked for by name.
   *
   * @return whether there was one
   */
  public boolean rollBack() throws IOException {
    requireOpen();
    stop();
    ModelRecord record = device.catalog.get(name);
    Optional<VersionRecord> previous = record.previous().flatMap(record::version);
    if (previous.isEmpty()) {
      return false;
    }
    String from = version().orElse("");
    if (!runtime.rollback()) {
      runtime.swapIn(versions.load(previous.get()), false);
    }
    device.catalog.update(name, ModelRecord::rolledBack, true);
    device.catalog.forgetSuperseded(name);
    String to = previous.get().version();
    tracker.version(to);
    tracker.set(new ModelState.OutOfDate(from, "version " + from + " was rolled back"), Step.IDLE);
    device.notifier.tell(listener -> listener.onSwapped(name.toString(), from, to));
    return true;
  }

  /** Ends everything and takes the model off the device. It can be pulled again. */
  public void delete() throws IOException {
    stop();
    runtime.stop();
    synchronized (this) {
      runnable = new CompletableFuture<>();
    }
    device.catalog.remove(name);
    tracker.begin();
    tracker.set(new ModelState.Available(), Step.IDLE);
  }

  void close() {
    synchronized (this) {
      if (transfer != null) {
        transfer.control.stop();
      }
    }
    runtime.close();
  }

  private void fail(Reason reason, String message) {
    tracker.set(new Failed(reason, message, false), Step.IDLE);
  }

  /** One pull on its thread. */
  private final class Transfer implements Runnable, TransferLoop.Watcher {

    private final Wishes wishes;
    private final TransferControl control = control();
    private final Installer installer = new Installer(device, name, runtime, control);
    private final CompletableFuture<ModelState> outcome;
    private final @Nullable Transfer before;
    private final CompletableFuture<Void> end = new CompletableFuture<>();

    Transfer(Wishes wishes, CompletableFuture<ModelState> outcome, @Nullable Transfer before) {
      this.wishes = wishes;
      this.outcome = outcome;
      this.before = before;
    }

    boolean ended() {
      return end.isDone();
    }

    @Override
    public void run() {
      try {
        if (before != null) {
          before.end.join();
        }
        tracker.begin();
        Pull pull = new Pull(device, name, wishes, runtime, installer, tracker, control, tally);
        try {
          if (loop().run(permitted(pull))) {
            succeed(pull);
          } else if (!(tracker.state() instanceof Failed)) {
            stopped();
          }
        } finally {
          pull.close();
        }
      } catch (IOException | RuntimeException e) {
        fail(Reason.STORAGE, "The pull of '" + name + "' failed: " + e);
      } finally {
        finish();
      }
    }

    private TransferLoop loop() {
      return new TransferLoop(
          control,
          device.options.retryPolicy(),
          device.random,
          device.transport,
          device.options.directory(),
          this);
    }

    /** The pull, one of so many at a time as the options allow. */
    private TransferLoop.Attempt permitted(Pull pull) {
      return new TransferLoop.Attempt() {
        @Override
        public void run() throws IOException {
          while (!tryAcquire()) {
            control.check();
            tracker.set(new ModelState.Paused("other transfers come first"), Step.WAITING);
          }
          try {
            control.pass(0);
            pull.run();
          } finally {
            device.permits.release();
          }
        }

        @Override
        public void forgetPlan() throws IOException {
          pull.forgetPlan();
        }
      };
    }

    private boolean tryAcquire() {
      try {
        return device.permits.tryAcquire(SLICE.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StoppedException("The wait for other transfers was interrupted.");
      }
    }

    private void succeed(Pull pull) {
      tracker.version(version().orElse(""));
      ModelState state =
          pull.rejected().isPresent()
              ? new ModelState.OutOfDate(
                  pull.rejected().get(),
                  "version " + pull.rejected().get() + " failed on this device before")
              : pull.planned() ? new ModelState.UpToDate() : new ModelState.Downloaded();
      tracker.set(state, Step.IDLE);
    }

    private void stopped() {
      boolean complete =
          device.catalog.get(name).activeVersion().filter(VersionRecord::complete).isPresent();
      tracker.set(complete ? new ModelState.Downloaded() : new ModelState.Available(), Step.IDLE);
    }

    private void finish() {
      if (tracker.state() instanceof Failed && !runtime.canStart()) {
        runtime.stop(); // whoever waits for a segment would wait for ever
      }
      synchronized (Model.this) {
        end.complete(null);
        if (again && !runtime.isClosed()) {
          again = false;
          pull(wishes);
        }
      }
      outcome.complete(tracker.state());
    }

    @Override
    public void going() {
      if (!(tracker.state() instanceof ModelState.Downloading)) {
        tracker.set(new ModelState.Downloading(), Step.PLANNING);
      }
    }

    @Override
    public void waiting(String reason) {
      tracker.set(new ModelState.Paused(reason), Step.WAITING);
    }

    @Override
    public void failed(Reason reason, String message, boolean again) {
      tracker.set(new Failed(reason, message, again), again ? Step.WAITING : Step.IDLE);
    }
  }

  /**
   * The disk lost chunks: they are asked for, after the pull that runs, which may think they are
   * here.
   */
  private synchronized void fetchAgain() {
    if (runtime.isClosed()) {
      return;
    }
    if (isPulling()) {
      again = true;
    } else {
      pull();
    }
  }

  /** What the runtime finds. */
  private final class RuntimeWatcher implements ModelRuntime.Watcher {

    @Override
    public void segments(int canRun, int all) {
      tracker.segments(canRun, all);
    }

    @Override
    public void badChunk(Loaded version, int chunk, Throwable problem) {
      boolean lost = !version.held().test(version.manifest().chunks().get(chunk).digest());
      Transfer running;
      synchronized (Model.this) {
        running = transfer;
      }
      if (lost) {
        fetchAgain();
      } else if (running != null) {
        running.installer.unusable(
            version.digest(),
            "Chunk "
                + chunk
                + " of '"
                + name
                + "' "
                + version.version()
                + " has its digest and yet cannot be decoded: "
                + problem.getMessage()
                + "\nMaybe the package was made wrongly; another version may help.");
      }
    }

    @Override
    public void buildFailed(InferenceException problem) {
      if (problem.reason() == InferenceException.Reason.STORAGE && !isPulling()) {
        tracker.set(
            new Failed(Reason.STORAGE, String.valueOf(problem.getMessage()), true), Step.WAITING);
        CompletableFuture.delayedExecutor(RETRY_SECONDS, TimeUnit.SECONDS, device.transfers)
            .execute(runtime::retry);
      }
    }
  }
}
