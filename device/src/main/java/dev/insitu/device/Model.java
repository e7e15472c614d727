package dev.insitu.device;

import dev.insitu.device.DeviceException.Reason;
import dev.insitu.device.ModelState.Failed;
import dev.insitu.device.Progress.Step;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.elastic.plan.ExitPolicy;
import dev.insitu.elastic.plan.Profile;
import dev.insitu.elastic.plan.Range;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.runtime.Answer;
import dev.insitu.runtime.InferenceException;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A model on this device: what runs of it, and what is being fetched. Thread-safe; inferences run
 * side by side. Belongs to its {@link Insitu}, which closes it.
 */
public final class Model {

  private static final long RETRY_SECONDS = 2;

  private final DeviceContext device;
  private final ModelName name;
  private final Tracker tracker;
  private final Tally tally = new Tally();
  private final ModelRuntime runtime;
  private final ModelTransfers transfers;
  private final Inference inference;
  private final Versions versions;
  private final Policies policies;
  private final Rollback rollback;
  private CompletableFuture<Void> runnable = new CompletableFuture<>(); // guarded by this

  Model(DeviceContext device, ModelName name) {
    this.device = device;
    this.name = name;
    this.tracker = new Tracker(name.toString(), device.notifier, device.options.ticker());
    this.runtime = new ModelRuntime(device.workDirectory(), device.options, new RuntimeWatcher());
    this.transfers = new ModelTransfers(device, name, runtime, tracker, tally);
    InferClient client = new InferClient(device, name, tally);
    HandOver handOver = new HandOver(device, name, runtime, transfers, client);
    this.inference =
        new Inference(name, runtime, transfers, tracker, handOver, device.speed.of(name));
    this.versions = new Versions(device);
    this.policies = new Policies(device, name, runtime);
    this.rollback = new Rollback(device, name, runtime, transfers, tracker);
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
      tracker.set(new Failed(reasonOf(e), unusable(e), false), Step.IDLE);
      loadPrevious(record, e);
    }
  }

  private static Reason reasonOf(Exception problem) {
    if (problem instanceof ElasticException elastic) {
      return TransferLoop.reasonOf(elastic);
    }
    return problem instanceof DeviceException other ? other.reason() : Reason.STORAGE;
  }

  private String unusable(Exception problem) {
    return "Model '" + name + "' on this device cannot be used: " + problem.getMessage();
  }

  private void loadPrevious(ModelRecord record, Exception problem) {
    Optional<VersionRecord> previous = record.previous().flatMap(record::version);
    if (previous.isEmpty()) {
      return;
    }
    try {
      start(previous.get(), record);
    } catch (ElasticException | DeviceException | IOException e) {
      problem.addSuppressed(e); // neither version can be used; the state says why
    }
  }

  private void start(VersionRecord version, ModelRecord record) throws IOException {
    Loaded loaded = versions.load(version);
    SubModel target =
        loaded.inFile()
            ? SubModel.whole(loaded.manifest())
            : loaded.with(Range.indices(version.target()));
    SubModel there = loaded.usable();
    boolean whole = there.includes(target);
    SubModel starter = whole ? target : starter(version, loaded, target, record);
    transfers.newInstaller().startRuntime(loaded, starter, there.union(starter));
    tracker.version(version.version());
    if (version.complete() && whole) {
      tracker.set(new ModelState.Downloaded(), Step.IDLE);
    }
    long now = device.catalog.now();
    device.catalog.update(name, some -> some.with(version.manifest(), v -> v.withUsed(now)), false);
  }

  /** After what inference may begin with a version that is not whole. */
  private static SubModel starter(
      VersionRecord version, Loaded loaded, SubModel target, ModelRecord record) {
    SubModel there = loaded.usable();
    if (version.complete() && there.includes(loaded.base())) {
      return there; // the disk lost a refinement
    }
    return record
        .pending()
        .filter(pending -> pending.manifest().equals(version.manifest()))
        .map(pending -> Versions.starter(loaded, pending.plan().plan()))
        .orElse(target);
  }

  /** The name it was opened with. */
  public String name() {
    return name.toString();
  }

  /**
   * Pulls what the options wish for, as {@link #pull(Wishes)}, or decides by their situation, as
   * {@link #pull(Situation)}.
   */
  public Model pull() {
    return pull(device.options.asked());
  }

  /**
   * Begins to bring the model to what the server has, as far as the wishes go; returns at once. A
   * pull that runs with the same wishes goes on, one with others ends. What arrives can be run
   * before all has arrived.
   *
   * @param wishes what is held is added by the SDK
   * @return this
   */
  public Model pull(Wishes wishes) {
    return pull(new Asked.ByWishes(wishes));
  }

  /**
   * As {@link #pull(Wishes)}, with the sub-model that suits the device best, as the server decides.
   * When the link changes on the way the server is asked again, and the pull goes on from what has
   * arrived: with less when the link falls, with more when it recovers.
   *
   * @param situation as far as the application knows it; what is held, the free storage, the
   *     device's speed and what was measured of the link is added by the SDK where it is not told
   */
  public Model pull(Situation situation) {
    return pull(new Asked.BySituation(situation, Optional.empty()));
  }

  /**
   * As {@link #pull(Situation)}, in a given time: then the best that has arrived and can run is
   * what stays, and the rest is not waited for. The pull ends in the state {@code Downloaded}; in
   * {@code OutOfDate} if an earlier version serves on; in {@code Failed} with TIME_OVER if nothing
   * can run.
   *
   * @param within from now
   */
  public Model pull(Situation situation, Duration within) {
    if (within.isNegative() || within.isZero()) {
      throw new IllegalArgumentException("A time of " + within + "; it must be positive.");
    }
    return pull(new Asked.BySituation(situation, Optional.of(within)));
  }

  private Model pull(Asked asked) {
    requireOpen();
    transfers.pull(asked);
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
    return answer(inputs).outputs();
  }

  /**
   * As {@link #run(Map)}, and tells how deep the model ran: an exit answers if the pull asked for
   * its depth, or as the options for the runtime say.
   */
  public Answer answer(Map<String, Tensor> inputs) {
    return inference.answer(inputs, Optional.empty(), device.options.waitLimit());
  }

  /**
   * As {@link #answer(Map)}, with exits that may answer before the depth that was asked for.
   *
   * @param policy from what certainty on; the package's profile has calibrated ones
   */
  public Answer answer(Map<String, Tensor> inputs, ExitPolicy policy) {
    return inference.answer(inputs, Optional.of(policy), device.options.waitLimit());
  }

  /**
   * As {@link #answer(Map)}, with exits that answer early by the policy that was calibrated when
   * the package was made.
   *
   * @param budget share of right answers that may be lost, 0 to 1
   * @throws DeviceException NO_POLICY if the version that serves has none within the budget
   */
  public Answer answer(Map<String, Tensor> inputs, double budget) {
    return answer(inputs, policyWithin(budget));
  }

  /** The policy that {@link #answer(Map, double)} answers by. */
  public ExitPolicy policyWithin(double budget) {
    return policies.within(budget);
  }

  /** The policies of answering early that came with the version that serves. */
  public List<Profile.Early> policies() {
    return policies.all();
  }

  /**
   * As {@link #run(Map)}, with a limit for waiting.
   *
   * @param limit for everything that is waited for together
   */
  public Map<String, Tensor> run(Map<String, Tensor> inputs, Duration limit) {
    return inference.answer(inputs, Optional.empty(), Optional.of(limit)).outputs();
  }

  /**
   * Says whether an answer was right, as {@link #report(double)}.
   *
   * @param right 1 if so, else 0
   */
  public void report(boolean right) {
    report(right ? 1 : 0);
  }

  /**
   * Says how good an answer of the version that serves was, when the application has learnt it.
   * When these scores show that the version is worse than the one before it, as the options' {@link
   * AccuracyRule} says, the one before is made to serve again in the background, no inference is
   * refused meanwhile, and the worse one is not taken again. Costs little; returns at once.
   *
   * @param score 0 to 1, the larger the better
   */
  public void report(double score) {
    runtime.serving().ifPresent(serving -> rollback.report(serving, score));
  }

  /**
   * As {@link #report(double)}, for outcomes that are learnt late.
   *
   * @param version that gave the answer, as {@link #version} said then; if another one serves now
   *     the outcome is left out of account
   */
  public void report(String version, double score) {
    runtime
        .serving()
        .filter(serving -> serving.version().equals(version))
        .ifPresent(serving -> rollback.report(serving, score));
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
  public CompletableFuture<ModelState> whenDone() {
    return transfers.whenDone();
  }

  /** The version that serves; empty if none does. */
  public Optional<String> version() {
    return runtime.serving().map(Loaded::version);
  }

  /**
   * Whether a server computes all of it by the last plan, and nothing of it is on this device. Then
   * inferences send their inputs, which the situation allowed.
   */
  public boolean runsElsewhere() {
    return device.catalog.get(name).assist().filter(Assist::isElsewhere).isPresent()
        && runtime.serving().isEmpty();
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
  public void pause() {
    transfers.pause("paused by the application");
  }

  /** Lets the pull go on. */
  public void resume() {
    transfers.resume();
  }

  /** Ends the pull that runs. What has arrived stays; another pull goes on with it. */
  public void stop() {
    transfers.stop();
  }

  void wake() {
    transfers.wake();
  }

  void networkChanged() {
    transfers.networkChanged();
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
    return rollback.toPrevious();
  }

  /** Ends everything and takes the model off the device. It can be pulled again. */
  public void delete() throws IOException {
    transfers.stopAndWait();
    runtime.stop();
    synchronized (this) {
      runnable = new CompletableFuture<>();
    }
    device.catalog.remove(name);
    tracker.begin();
    tracker.set(new ModelState.Available(), Step.IDLE);
  }

  void close() {
    transfers.stop();
    runtime.close();
  }

  /** What the runtime finds. */
  private final class RuntimeWatcher implements ModelRuntime.Watcher {

    @Override
    public void started(CompletableFuture<Void> ready) {
      CompletableFuture<Void> told;
      synchronized (Model.this) {
        told = runnable;
      }
      tell(ready, told);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a failure shows in the pull and in inferences
    private void tell(CompletableFuture<Void> ready, CompletableFuture<Void> told) {
      ready.whenComplete((nothing, problem) -> {
        if (problem == null && told.complete(null)) {
          String now = version().orElse("");
          device.notifier.tell(listener -> listener.onRunnable(name.toString(), now));
        }
      });
    }

    @Override
    public void segments(int canRun, int all) {
      tracker.segments(canRun, all);
    }

    @Override
    public void badChunk(Loaded version, int chunk, Throwable problem) {
      if (!version.held().test(version.manifest().chunks().get(chunk).digest())) {
        transfers.fetchAgain();
        return;
      }
      transfers.unusable(
          version,
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

    @Override
    public void buildFailed(InferenceException problem) {
      if (problem.reason() == InferenceException.Reason.STORAGE && !transfers.isRunning()) {
        tracker.set(
            new Failed(Reason.STORAGE, String.valueOf(problem.getMessage()), true), Step.WAITING);
        CompletableFuture.delayedExecutor(RETRY_SECONDS, TimeUnit.SECONDS, device.transfers)
            .execute(runtime::retry);
      }
    }
  }
}
