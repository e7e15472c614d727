package dev.insitu.device;

import dev.insitu.device.DeviceException.Reason;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.VersionDifference;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.PlanMaker;
import dev.insitu.elastic.plan.Range;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.runtime.InferenceException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Makes what has arrived serve, and writes down that it does: the record on disk changes once,
 * after all else has succeeded, so that a crash anywhere leaves either the old state or the new
 * one.
 */
final class Installer {

  private static final long POLL_MILLIS = 100;

  private final DeviceContext device;
  private final ModelName name;
  private final ModelRuntime runtime;
  private final TransferControl control;
  private final Versions versions;
  private final Map<Digest, String> unusable;
  private @Nullable Thread swapping; // guarded by this

  /**
   * @param unusable problems with chunks that have their digest and cannot be used, by manifest;
   *     filled by others
   */
  Installer(
      DeviceContext device,
      ModelName name,
      ModelRuntime runtime,
      TransferControl control,
      Map<Digest, String> unusable) {
    this.device = device;
    this.name = name;
    this.runtime = runtime;
    this.control = control;
    this.unusable = unusable;
    this.versions = new Versions(device);
  }

  /** Writes down what is to be there of a version of chunks. */
  ModelRecord register(Loaded loaded, SubModel target) throws IOException {
    List<Range> ranges = Range.of(target.indices());
    boolean complete = loaded.usable().includes(target);
    return device.catalog.update(
        name,
        record ->
            record.with(
                record
                    .version(loaded.digest())
                    .map(known -> known.withTarget(ranges, complete && known.complete()))
                    .orElseGet(() -> fresh(loaded.digest(), loaded.version(), ranges, false))
                    .withDepth(loaded.recordedDepth())
                    .withWidth(loaded.recordedWidth())),
        false);
  }

  /** Writes down at which depth a version runs. */
  ModelRecord setDepth(Loaded loaded) throws IOException {
    return device.catalog.update(
        name,
        record -> record.with(loaded.digest(), some -> some.withDepth(loaded.recordedDepth())),
        false);
  }

  private VersionRecord fresh(Digest digest, String version, List<Range> target, boolean inFile) {
    return new VersionRecord(digest, version, target, inFile, inFile, false, device.catalog.now());
  }

  /** Lets a version that is arriving serve where nothing serves. */
  void startArriving(Loaded loaded, SubModel starter, SubModel target) throws IOException {
    StorageException.guard(
        () -> device.catalog.update(name, record -> record.withActive(loaded.digest()), false));
    startRuntime(loaded, starter, target);
  }

  /** Begins to run a version. */
  void startRuntime(Loaded loaded, SubModel starter, SubModel target) throws IOException {
    try {
      StorageException.guard(() -> {
        runtime.start(loaded, starter, target);
        return true;
      });
    } catch (InferenceException e) {
      throw new DeviceException(
          Reason.UNUSABLE, "Model '" + name + "' cannot be run: " + e.getMessage(), e);
    }
  }

  /**
   * Makes the content of a plan serve, all of which has arrived.
   *
   * @param wishes which depth and width were asked for
   * @throws DeviceException UNUSABLE or HEALTH_CHECK; what served before serves on
   * @throws StorageException if the disk fails; the same call can be repeated
   */
  void install(Plan plan, Wishes wishes) throws IOException {
    int depth = wishes.depth().orElse(0);
    Digest digest = plan.content().manifest();
    StorageException.guard(() -> {
      device.store.force();
      device.manifests.force(digest);
      return true;
    });
    Optional<Loaded> serving = runtime.serving();
    if (plan.content().difference()) {
      Manifest manifest = versions.body(digest).manifest();
      makeReference(plan, digest, manifest);
      VersionRecord record =
          fresh(digest, manifest.header().version(), List.of(), true)
              .withDepth(depth)
              .withWidth(wishes.width().orElse(0));
      swap(versions.load(record), record);
      return;
    }
    Manifest view = PlanMaker.widthOf(versions.body(digest).manifest(), wishes);
    Optional<Loaded> same = serving.filter(some -> some.digest().equals(digest));
    if (same.isPresent() && same.get().manifest().width() != view.width()) {
      changeWidth(versions.of(digest, view, depth), plan);
    } else if (same.isPresent()) {
      awaitComplete(digest);
      commit(record -> record.with(digest, some -> some.withTarget(some.target(), true)));
    } else {
      Loaded candidate = versions.of(digest, view, depth);
      VersionRecord record =
          device
              .catalog
              .get(name)
              .version(digest)
              .map(some -> some.withTarget(some.target(), true))
              .orElseThrow(() -> new IllegalStateException("The version is not registered"));
      swap(candidate, record);
    }
  }

  /**
   * Makes what has arrived of a version serve: at the depth that was asked for, or the next less
   * that can run.
   *
   * @return whether anything of it can run
   */
  boolean settle(Digest digest, Wishes wishes) throws IOException {
    StorageException.guard(() -> {
      device.store.force();
      device.manifests.force(digest);
      return true;
    });
    Manifest view = PlanMaker.widthOf(versions.body(digest).manifest(), wishes);
    Optional<Loaded> same =
        runtime
            .serving()
            .filter(some -> some.digest().equals(digest))
            .filter(some -> some.manifest().width() == view.width());
    int depth = wishes.depth().orElse(0);
    Loaded loaded =
        same.map(some -> some.withDepth(depth)).orElse(versions.of(digest, view, depth));
    Optional<Loaded> deepest = deepest(loaded);
    if (deepest.isPresent()) {
      settle(deepest.get(), same.isPresent());
    }
    return deepest.isPresent();
  }

  /** The same at the greatest depth, up to its own, at which it can run with what is there. */
  private static Optional<Loaded> deepest(Loaded loaded) {
    SubModel there = loaded.usable();
    return IntStream.rangeClosed(1, loaded.depth())
        .map(i -> loaded.depth() + 1 - i)
        .filter(depth -> depth == loaded.depth() || loaded.manifest().exitAt(depth).isPresent())
        .mapToObj(loaded::withDepth)
        .filter(some -> there.includes(some.base()))
        .findFirst();
  }

  private void settle(Loaded loaded, boolean serves) throws IOException {
    SubModel there = loaded.usable();
    Digest digest = loaded.digest();
    StorageException.guard(() -> register(loaded, there));
    if (serves) {
      runtime.expect(loaded, there, there);
      runtime.announceAll();
      awaitComplete(digest);
      commit(record -> record.with(digest, some -> some.withTarget(some.target(), true)));
    } else {
      changeWidth(loaded, some -> some.withTarget(some.target(), true));
    }
  }

  private void changeWidth(Loaded candidate, Plan plan) throws IOException {
    List<Range> target = Range.of(Versions.target(candidate, plan).indices());
    changeWidth(candidate, some -> some.withTarget(target, true));
  }

  /**
   * Makes the version that serves run at another width, for which all is there: it is built beside
   * the one that runs.
   */
  void changeWidth(Loaded candidate) throws IOException {
    changeWidth(candidate, some -> some);
  }

  private void changeWidth(Loaded candidate, UnaryOperator<VersionRecord> change)
      throws IOException {
    VersionRecord record =
        device
            .catalog
            .get(name)
            .version(candidate.digest())
            .map(change)
            .orElseThrow(() -> new IllegalStateException("The version is not registered"));
    swap(
        candidate,
        record.withDepth(candidate.recordedDepth()).withWidth(candidate.recordedWidth()));
  }

  private void makeReference(Plan plan, Digest digest, Manifest manifest) throws IOException {
    if (device.references.has(digest)) {
      return; // made before a crash or a full disk stopped what came after
    }
    VersionDifference difference =
        ContentLayout.differenceOf(plan, manifest)
            .orElseThrow(() -> ElasticException.corrupt("The plan's difference is gone."));
    Manifest base = versions.body(difference.base()).manifest();
    device.catalog.makeRoom(manifest.blocks().weightFileBytes(), device.options.byteBudget());
    try {
      StorageException.guard(() -> {
        device.references.make(manifest, digest, difference, base, device.store);
        return true;
      });
    } catch (ElasticException e) {
      reject(digest);
      throw new DeviceException(Reason.UNUSABLE, String.valueOf(e.getMessage()), e);
    }
  }

  private void swap(Loaded candidate, VersionRecord record) throws IOException {
    Optional<Loaded> before = runtime.serving();
    beginSwap();
    try {
      StorageException.guard(() -> {
        runtime.swapIn(candidate, false);
        return true;
      });
    } catch (InferenceException e) {
      throw refusal(candidate, e);
    } finally {
      endSwap();
    }
    commit(some -> some.with(record.withUsed(device.catalog.now())).withActive(candidate.digest()));
    before.ifPresent(old ->
        device.notifier.tell(
            listener -> listener.onSwapped(name.toString(), old.version(), candidate.version())));
    device.catalog.forgetSuperseded(name);
  }

  private synchronized void beginSwap() {
    control.check();
    swapping = Thread.currentThread();
  }

  private synchronized void endSwap() {
    swapping = null;
    if (Thread.interrupted() && !control.isStopped()) {
      Thread.currentThread().interrupt(); // somebody else's
    }
  }

  /** Gives up the version that is being built. */
  synchronized void cancel() {
    if (swapping != null) {
      swapping.interrupt();
    }
  }

  private RuntimeException refusal(Loaded candidate, InferenceException problem)
      throws IOException {
    String what = "Version " + candidate.version() + " of '" + name + "'";
    return switch (problem.reason()) {
      case STORAGE -> throw new StorageException(new IOException(problem.getMessage(), problem));
      case CLOSED, INTERRUPTED -> new StoppedException(what + " was given up.");
      case TIMEOUT ->
          new DeviceException(
              Reason.UNUSABLE,
              what
                  + " was not ready after "
                  + device.options.swapLimit()
                  + "; the version before serves on.\nMaybe allow more time: swapLimit.",
              problem);
      case MEMORY -> outOfMemory(what + "; the version before serves on", problem);
      case HEALTH -> {
        refuse(candidate);
        yield new DeviceException(
            Reason.HEALTH_CHECK,
            what + " was refused; the version before serves on: " + problem.getMessage(),
            problem);
      }
      case INPUT, MODEL, ENGINE, UNSUPPORTED -> {
        refuse(candidate);
        yield new DeviceException(
            Reason.UNUSABLE,
            what + " cannot be used; the version before serves on: " + problem.getMessage(),
            problem);
      }
    };
  }

  /** The version is as good as it was: with more memory, or less of it, it may run. */
  private static DeviceException outOfMemory(String what, InferenceException problem) {
    return new DeviceException(
        Reason.OUT_OF_MEMORY, what + " cannot be used: " + problem.getMessage(), problem);
  }

  /** Gives up what could not be swapped in; a version that serves at another width stays. */
  private void refuse(Loaded candidate) throws IOException {
    Digest digest = candidate.digest();
    if (runtime.serving().filter(some -> some.digest().equals(digest)).isPresent()) {
      device.catalog.update(name, record -> record.withPending(Optional.empty()), true);
    } else {
      reject(digest);
    }
  }

  private void reject(Digest digest) throws IOException {
    device.catalog.update(name, record -> record.withRejected(digest).without(digest), true);
  }

  private void commit(UnaryOperator<ModelRecord> change) throws IOException {
    StorageException.guard(() ->
        device.catalog.update(
            name, record -> change.apply(record).withPending(Optional.empty()), true));
  }

  /** Waits until all chunks that are expected of a version are in use. */
  void awaitComplete(Digest digest) throws IOException {
    CompletableFuture<SubModel> complete = runtime.whenComplete();
    long deadline = System.nanoTime() + device.options.swapLimit().toNanos();
    while (true) {
      control.check();
      requireUsable(digest);
      try {
        complete.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
        requireUsable(digest);
        return;
      } catch (TimeoutException e) {
        if (System.nanoTime() - deadline > 0) {
          throw new DeviceException(
              Reason.UNUSABLE,
              "What arrived of '"
                  + name
                  + "' was not in use after "
                  + device.options.swapLimit()
                  + ".\nMaybe the device is busy: allow more time.",
              e);
        }
      } catch (ExecutionException e) {
        throw failed(digest, e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StoppedException("The transfer of '" + name + "' was interrupted.");
      }
    }
  }

  private void requireUsable(Digest digest) throws IOException {
    String problem = unusable.get(digest);
    if (problem == null) {
      return;
    }
    if (!runtime.canStart()) {
      reject(digest); // nothing can be done with it
    }
    throw new DeviceException(Reason.UNUSABLE, problem);
  }

  private RuntimeException failed(Digest digest, ExecutionException e) throws IOException {
    requireUsable(digest);
    if (e.getCause() instanceof InferenceException problem) {
      switch (problem.reason()) {
        case CLOSED, INTERRUPTED -> {
          return new StoppedException("Model '" + name + "' was closed.");
        }
        case MEMORY -> {
          return outOfMemory("Model '" + name + "'", problem);
        }
        case STORAGE -> throw again(problem);
        case INPUT, TIMEOUT, MODEL, ENGINE, UNSUPPORTED, HEALTH -> {
          if (hasLostChunks(digest)) {
            throw again(problem); // they are fetched again
          }
        }
      }
    }
    if (!runtime.canStart()) {
      reject(digest);
    }
    return new DeviceException(
        Reason.UNUSABLE, "Model '" + name + "' cannot be run: " + e.getMessage(), e);
  }

  private StorageException again(InferenceException problem) {
    runtime.retry();
    return new StorageException(new IOException(problem.getMessage(), problem));
  }

  private boolean hasLostChunks(Digest digest) {
    Optional<Loaded> serving = runtime.serving();
    Optional<VersionRecord> version = device.catalog.get(name).version(digest);
    if (serving.isEmpty() || version.isEmpty()) {
      return false;
    }
    SubModel target = serving.get().with(Range.indices(version.get().target()));
    return !serving.get().usable().includes(target);
  }
}
