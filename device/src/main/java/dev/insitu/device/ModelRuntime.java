package dev.insitu.device;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.ExitPolicy;
import dev.insitu.runtime.Answer;
import dev.insitu.runtime.HealthCheck;
import dev.insitu.runtime.InferenceException;
import dev.insitu.runtime.ModelSlots;
import dev.insitu.runtime.ProgressiveModel;
import dev.insitu.runtime.RuntimeListener;
import dev.insitu.runtime.RuntimeOptions;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What runs of one model: the slots, and the version that is arriving in the active one.
 * Thread-safe.
 */
final class ModelRuntime implements AutoCloseable {

  private final Path workDirectory;
  private final DeviceOptions options;
  private final Watcher watcher;
  private @Nullable ModelSlots slots; // guarded by this, as all below
  private @Nullable Loaded serving;
  private @Nullable Loaded before;
  private boolean closed;
  private boolean startable;
  private volatile Map<String, Tensor> latestInputs = Map.of();

  /** Hears what the runtime finds, on the runtime's thread. */
  interface Watcher {

    /** A version took the empty place; the future completes when it can run. */
    void started(CompletableFuture<Void> ready);

    /** Segments became runnable. */
    void segments(int runnable, int all);

    /** A chunk cannot be used. */
    void badChunk(Loaded version, int chunk, Throwable problem);

    /** Sessions could not be built. */
    void buildFailed(InferenceException problem);
  }

  ModelRuntime(Path workDirectory, DeviceOptions options, Watcher watcher) {
    this.workDirectory = workDirectory;
    this.options = options;
    this.watcher = watcher;
  }

  /** The version that serves, or is arriving where nothing served. */
  synchronized Optional<Loaded> serving() {
    return Optional.ofNullable(serving);
  }

  /**
   * Whether inference can begin with what is on the device, at once or when it has been put
   * together.
   */
  synchronized boolean canStart() {
    return slots != null && serving != null && (startable || slots.active().canAnswer());
  }

  /**
   * What runs now.
   *
   * @param slots of its models
   * @param loaded the version in the active one
   */
  record Current(ModelSlots slots, Loaded loaded) {}

  /** What runs, or is arriving where nothing served. */
  synchronized Optional<Current> current() {
    return slots == null || serving == null
        ? Optional.empty()
        : Optional.of(new Current(slots, serving));
  }

  /** Whether an inference would be answered now without waiting. */
  synchronized boolean answers() {
    return slots != null && slots.active().canAnswer();
  }

  /** Puts a version in the empty place. */
  synchronized void start(Loaded loaded, SubModel starter, SubModel target) throws IOException {
    if (closed) {
      throw new StoppedException("The model was closed.");
    }
    ProgressiveModel model = build(loaded, starter, target, options.runtimeOptions());
    slots = new ModelSlots(model, options.rollbackWindow());
    serving = loaded;
    startable = loaded.usable().includes(starter);
    watcher.started(model.whenRunnable());
    notifyAll();
  }

  private ProgressiveModel build(
      Loaded loaded, SubModel starter, SubModel target, RuntimeOptions.Builder how)
      throws IOException {
    Bridge bridge = new Bridge(loaded);
    ProgressiveModel model =
        new ProgressiveModel(
            loaded.manifest(), loaded.chunks(), workDirectory, how.listener(bridge).build());
    bridge.model = model;
    model.expect(used(loaded, starter), used(loaded, target), loaded.depth());
    announce(model, loaded);
    return model;
  }

  /** The chunks that a depth uses, those of the exits before it with them. */
  private static BitSet usedIn(Loaded loaded) {
    Manifest manifest = loaded.manifest();
    BitSet used = new BitSet();
    for (int depth = 1; depth <= loaded.depth(); depth++) {
      if (depth == loaded.depth() || manifest.exitAt(depth).isPresent()) {
        SubModel.of(manifest, depth, manifest.losslessGroup()).indices().forEach(used::set);
      }
    }
    return used;
  }

  /** Those of some chunks that the width uses, and the depth unless it is the whole. */
  private static SubModel used(Loaded loaded, SubModel some) {
    SubModel wide = some.intersection(SubModel.whole(loaded.manifest()));
    if (loaded.depth() == loaded.manifest().segments().size()) {
      return wide;
    }
    return wide.intersection(SubModel.closureOf(loaded.manifest(), usedIn(loaded).stream()));
  }

  private static void announce(ProgressiveModel model, Loaded loaded) {
    BitSet present = loaded.present();
    if (loaded.depth() < loaded.manifest().segments().size()) {
      present.and(usedIn(loaded)); // what is deeper would take memory for nothing
    }
    present.and(loaded.manifest().usedChunks());
    present.stream().forEach(model::arrived);
  }

  /**
   * Says what is to come of the version that serves.
   *
   * @param version it, at the depth that is to be reached
   */
  synchronized void expect(Loaded version, SubModel starter, SubModel target) {
    if (slots != null) {
      serving = version;
      slots.active().expect(used(version, starter), used(version, target), version.depth());
      announce(slots.active(), version);
    }
  }

  /** Says that a chunk of the version that serves is in the store. */
  synchronized void arrived(int chunk) {
    if (slots != null) {
      slots.active().arrived(chunk);
    }
  }

  /** Says that all chunks of the version that serves that are in the store may be used. */
  synchronized void announceAll() {
    if (slots != null && serving != null) {
      announce(slots.active(), serving);
    }
  }

  /** Tries again what failed. */
  synchronized void retry() {
    if (slots != null) {
      slots.active().retry();
    }
  }

  /**
   * Builds a version in the standby place and exchanges it for the active one, if it passes the
   * check.
   *
   * @param hurry whether it is built as fast as can be and not checked, as the active one is bad
   * @throws InferenceException if it does not; the active version serves on
   */
  void swapIn(Loaded candidate, boolean hurry) throws IOException {
    ModelSlots into;
    synchronized (this) {
      into = slots;
      if (closed || into == null) {
        throw new StoppedException("The model was closed.");
      }
    }
    SubModel target = candidate.usable();
    ProgressiveModel model = build(candidate, target, target, standby(hurry));
    into.swapIn(model, hurry ? some -> Optional.empty() : healthCheck(), options.swapLimit());
    synchronized (this) {
      before = serving;
      serving = candidate;
    }
    watcher.segments(model.runnableSegments(), candidate.manifest().segments().size());
  }

  private RuntimeOptions.Builder standby(boolean hurry) {
    RuntimeOptions.Builder how = options.runtimeOptions().standby(true);
    Duration most = options.swapLimit().dividedBy(2); // so that giving way does not use it up
    if (how.build().standbyPatience().compareTo(most) > 0) {
      how.standbyPatience(most);
    }
    return hurry ? how.standbyShare(1) : how;
  }

  private HealthCheck healthCheck() {
    Map<String, Tensor> inputs = latestInputs;
    return options
        .healthCheck()
        .orElseGet(() -> HealthCheck.finite(inputs.isEmpty() ? List.of() : List.of(inputs)));
  }

  /** Makes the version before serve again if it is still in memory. */
  synchronized boolean rollback() {
    boolean other = before != null && serving != null && !before.digest().equals(serving.digest());
    if (slots == null || !other || !slots.rollback()) {
      return false; // the model before may be the same version at another width
    }
    serving = before;
    before = null;
    return true;
  }

  /**
   * Waits until a version is there, in whole or in part; returns it, or null if the time is over.
   */
  synchronized @Nullable ModelSlots await(Duration limit) throws InterruptedException {
    long left = limit.toMillis();
    long start = System.nanoTime();
    while (slots == null && !closed && left > 0) {
      wait(Math.min(left, 1000));
      left = limit.toMillis() - (System.nanoTime() - start) / 1_000_000;
    }
    return slots;
  }

  /**
   * Runs the active model.
   *
   * @param policy which exits may answer early; empty for what the options say
   */
  static Answer answer(
      ModelSlots slots,
      Map<String, Tensor> inputs,
      Optional<ExitPolicy> policy,
      Optional<Duration> limit) {
    return slots.use(model -> {
      ExitPolicy exits = policy.orElse(model.exitPolicy());
      return limit.isPresent()
          ? model.answer(inputs, exits, limit.get())
          : model.answer(inputs, exits);
    });
  }

  /** Remembers inputs for checking the next version with. */
  void remember(Map<String, Tensor> inputs) {
    latestInputs = inputs;
  }

  /** Completes when all that is expected of the version that serves is in use. */
  synchronized CompletableFuture<SubModel> whenComplete() {
    return slots == null
        ? CompletableFuture.failedFuture(new IllegalStateException("Nothing serves"))
        : slots.active().whenComplete();
  }

  /** Empties the places; whoever waits for a segment gets an error. */
  synchronized void stop() {
    if (slots != null) {
      slots.close();
    }
    slots = null;
    serving = null;
    before = null;
    notifyAll();
  }

  synchronized boolean isClosed() {
    return closed;
  }

  @Override
  public synchronized void close() {
    closed = true;
    stop();
  }

  /** Takes the runtime's events of one version to the watcher. */
  private final class Bridge implements RuntimeListener {

    private final Loaded loaded;
    private volatile @Nullable ProgressiveModel model;

    Bridge(Loaded loaded) {
      this.loaded = loaded;
    }

    @Override
    public void onSegmentReady(int segment, int group) {
      ProgressiveModel of = model;
      if (of != null
          && serving().filter(some -> some.digest().equals(loaded.digest())).isPresent()) {
        watcher.segments(of.runnableSegments(), loaded.manifest().segments().size());
      }
    }

    @Override
    public void onBadChunk(int chunk, Throwable problem) {
      watcher.badChunk(loaded, chunk, problem);
    }

    @Override
    public void onBuildFailed(InferenceException problem) {
      watcher.buildFailed(problem);
    }
  }
}
