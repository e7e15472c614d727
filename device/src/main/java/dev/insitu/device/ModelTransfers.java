package dev.insitu.device;

import dev.insitu.device.DeviceException.Reason;
import dev.insitu.device.ModelState.Failed;
import dev.insitu.device.Progress.Step;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.plan.Privacy;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The pulls of one model, of which one at a time runs. Thread-safe. */
final class ModelTransfers {

  private static final Duration SLICE = Duration.ofMillis(500);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final DeviceContext device;
  private final ModelName name;
  private final ModelRuntime runtime;
  private final Tracker tracker;
  private final Tally tally;
  private final Map<Digest, String> unusable = new ConcurrentHashMap<>(); // by manifest
  private @Nullable Transfer current; // guarded by this, as all below
  private boolean again;
  private CompletableFuture<ModelState> done = new CompletableFuture<>();

  ModelTransfers(
      DeviceContext device, ModelName name, ModelRuntime runtime, Tracker tracker, Tally tally) {
    this.device = device;
    this.name = name;
    this.runtime = runtime;
    this.tracker = tracker;
    this.tally = tally;
  }

  /** Begins a pull, unless one that asks for the same runs. */
  synchronized void pull(Asked asked) {
    Transfer running = current;
    boolean busy = isRunning();
    if (running != null && busy) {
      if (running.asked.equals(asked)) {
        running.control.wake();
        return;
      }
      running.stop();
    }
    begin(asked, running);
  }

  private void begin(Asked asked, @Nullable Transfer before) {
    if (before != null) { // it completes the one there is
      done = new CompletableFuture<>();
    }
    Transfer next = new Transfer(asked, done, before);
    current = next;
    tracker.set(new ModelState.Downloading(), Step.PLANNING);
    try {
      device.transfers.execute(next);
    } catch (RejectedExecutionException e) {
      throw new DeviceException(Reason.CLOSED, "Model '" + name + "' is closed.", e);
    }
  }

  /** Fetches again what the disk lost, after the pull that runs, which may think it is here. */
  synchronized void fetchAgain() {
    if (runtime.isClosed()) {
      return;
    }
    if (isRunning()) {
      again = true;
    } else {
      pull(current == null ? device.options.asked() : current.asked);
    }
  }

  /** Whether a pull runs for which a server may compute. */
  synchronized boolean mayBeAssisted() {
    return isRunning()
        && Objects.requireNonNull(current)
            .asked
            .told()
            .filter(told -> told.wanted().privacy() != Privacy.NOTHING_LEAVES)
            .isPresent();
  }

  synchronized boolean isRunning() {
    return current != null && !current.ended();
  }

  /** Completes with the state in which the pull ends; without a pull it waits for the next one. */
  synchronized CompletableFuture<ModelState> whenDone() {
    return done;
  }

  synchronized void pause(String reason) {
    if (current != null) {
      current.control.pause(reason);
    }
  }

  synchronized void resume() {
    if (current != null) {
      current.control.resume();
    }
  }

  synchronized void stop() {
    if (current != null) {
      current.stop();
    }
  }

  /** Ends the pull that runs and waits until it has let go of everything. */
  void stopAndWait() {
    Transfer running;
    synchronized (this) {
      again = false;
      running = current;
    }
    if (running == null) {
      return;
    }
    running.stop();
    try {
      running.end.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoppedException("The wait for the end of the pull was interrupted.");
    } catch (ExecutionException | TimeoutException e) {
      throw new DeviceException(
          Reason.NOT_RUNNABLE,
          "The pull of '" + name + "' did not end in " + PATIENCE + ".\nMaybe try again.",
          e);
    }
  }

  synchronized void wake() {
    if (current != null) {
      current.control.wake();
    }
  }

  synchronized void networkChanged() {
    if (current != null) {
      current.control.networkChanged();
    }
  }

  /** Says that a chunk of a version has its digest and yet cannot be used. */
  void unusable(Loaded version, String problem) {
    unusable.putIfAbsent(version.digest(), problem);
  }

  /** Puts versions in place without a transfer. */
  Installer newInstaller() {
    return new Installer(device, name, runtime, newControl(), unusable);
  }

  /** The reins of a transfer of this model. */
  private TransferControl newControl() {
    return new TransferControl(
        name.toString(),
        device.options.rule(),
        device.options.rateFloor(),
        device.options.ticker(),
        () -> {
          Progress progress = tracker.progress();
          return progress.totalBytes() - progress.doneBytes();
        },
        device.link);
  }

  private void ended(Transfer transfer) {
    synchronized (this) {
      transfer.end.complete(null);
      if (again && !runtime.isClosed()) {
        again = false;
        begin(transfer.asked, transfer);
      }
    }
    transfer.outcome.complete(transfer.last); // whoever hears of it may pull again at once
  }

  /** One pull on its thread. */
  private final class Transfer implements Runnable, TransferLoop.Watcher, TransferLoop.Attempt {

    private final Asked asked;
    private final TransferControl control = newControl();
    private final Installer installer = new Installer(device, name, runtime, control, unusable);
    private final CompletableFuture<ModelState> outcome;
    private final @Nullable Transfer before;
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final Pull pull;
    private boolean failed; // for good
    private ModelState last = new ModelState.Available();

    Transfer(Asked asked, CompletableFuture<ModelState> outcome, @Nullable Transfer before) {
      this.asked = asked;
      this.outcome = outcome;
      this.before = before;
      this.pull = new Pull(device, name, asked, runtime, installer, tracker, control, tally);
    }

    boolean ended() {
      return end.isDone();
    }

    void stop() {
      control.stop();
      installer.cancel();
    }

    @Override
    public void run() {
      try {
        if (before != null) {
          before.end.join();
        }
        tracker.begin();
        boolean succeeded = fetch();
        pull.close();
        if (succeeded) {
          succeed();
        } else if (!failed && control.isExpired() && !control.isStopped()) {
          settle();
        } else if (!failed) {
          stopped();
        }
      } catch (StoppedException e) {
        stopped();
      } catch (IOException | RuntimeException e) {
        failed(Reason.STORAGE, "The pull of '" + name + "' failed: " + e, false);
      } finally {
        if (failed && !runtime.canStart()) {
          runtime.stop(); // whoever waits for a segment would wait for ever
        }
        ModelTransfers.this.ended(this);
      }
    }

    private boolean fetch() {
      Optional<ScheduledFuture<?>> end =
          asked.limit().map(time -> device.after(time, control::expire));
      try {
        return loop().run(this);
      } finally {
        end.ifPresent(timer -> timer.cancel(false));
      }
    }

    /** The time is over: what has arrived stays. */
    private void settle() throws IOException {
      tracker.set(new ModelState.Downloading(), Step.BUILDING);
      String serving = runtime.serving().map(Loaded::version).orElse("");
      boolean answers = runtime.answers();
      if (pull.settle()) {
        tracker.version(runtime.serving().map(Loaded::version).orElse(""));
        conclude(new ModelState.Downloaded());
      } else if (answers) {
        String wanted = tracker.progress().version();
        conclude(
            new ModelState.OutOfDate(
                wanted, "too little of it arrived in the time given; " + serving + " serves on"));
      } else {
        failed(
            Reason.TIME_OVER,
            "Of model '"
                + name
                + "' nothing that can run arrived in "
                + asked.limit().orElseThrow().toMillis() / 1000.0
                + " s.\nMaybe give it more time, or pull again: what has arrived stays.",
            false);
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

    @Override
    public void attempt() throws IOException {
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

    private boolean tryAcquire() {
      try {
        return device.permits.tryAcquire(SLICE.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StoppedException("The wait for other transfers was interrupted.");
      }
    }

    private void succeed() {
      tracker.version(runtime.serving().map(Loaded::version).orElse(""));
      conclude(
          pull.rejected()
              .<ModelState>map(version ->
                  new ModelState.OutOfDate(
                      version, "version " + version + " failed on this device before"))
              .orElseGet(
                  () -> pull.planned() ? new ModelState.UpToDate() : new ModelState.Downloaded()));
    }

    private void stopped() {
      boolean complete =
          device.catalog.get(name).activeVersion().filter(VersionRecord::complete).isPresent();
      conclude(complete ? new ModelState.Downloaded() : new ModelState.Available());
    }

    /** Ends in a state, which is the model's unless another pull has taken over. */
    private void conclude(ModelState state) {
      last = state;
      synchronized (ModelTransfers.this) {
        if (equals(current)) {
          tracker.set(state, Step.IDLE);
        }
      }
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
    public void failed(Reason reason, String message, boolean retrying) {
      Failed state = new Failed(reason, message, retrying);
      failed = !retrying;
      if (retrying) {
        tracker.set(state, Step.WAITING);
      } else {
        conclude(state);
      }
    }
  }
}
