package dev.insitu.device;

import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What all models of one directory share. */
final class DeviceContext implements Closeable {

  private static final long FORCE_SECONDS = 2;
  private static final long CLOSE_SECONDS = 5;
  private static final int CLEAN_UP_POLLS = 400;
  private static final long CLEAN_UP_POLL_MILLIS = 5;

  final DeviceOptions options;
  final DirectoryLock lock;
  final ChunkStore store;
  final ManifestFiles manifests;
  final ReferenceFiles references;
  final Catalog catalog;
  final Transport transport;
  final Notifier notifier;
  final ExecutorService transfers;
  final Semaphore permits;
  final Random random;
  final StoreGate gate;
  final LinkMeter link = new LinkMeter();
  final DeviceSpeed speed;
  private final ExecutorService callbacks;
  private final ScheduledExecutorService clock;
  private final ScheduledFuture<?> forcing;

  /** Opens the directory, or makes it. */
  DeviceContext(DeviceOptions options, StoreGate gate) throws IOException {
    this.options = options;
    this.gate = gate;
    Path directory = Files.createDirectories(options.directory());
    this.lock = DirectoryLock.take(directory);
    ChunkStore opened = null;
    try {
      opened = ChunkStore.open(directory.resolve("chunks"), gate, ChunkStore.DEFAULT_SEGMENT_BYTES);
      this.store = opened;
      this.manifests = new ManifestFiles(directory.resolve("manifests"), gate);
      this.references = new ReferenceFiles(directory.resolve("references"));
      this.speed = new DeviceSpeed(directory.resolve("speed"), gate);
      this.catalog = new Catalog(directory.resolve("models"), store, manifests, references, gate);
    } catch (IOException | RuntimeException e) {
      if (opened != null) {
        opened.close();
      }
      lock.close();
      throw e;
    }
    this.transport =
        options
            .transport()
            .orElseGet(() -> new OkHttpTransport(options.connectTimeout(), options.stallTimeout()));
    this.random = options.seed().map(Random::new).orElseGet(Random::new);
    this.permits = new Semaphore(options.transfers(), true);
    this.transfers = Executors.newCachedThreadPool(work -> daemon("insitu-transfer", work));
    this.clock = Executors.newSingleThreadScheduledExecutor(work -> daemon("insitu-clock", work));
    this.callbacks = Executors.newSingleThreadExecutor(work -> daemon("insitu-listener", work));
    this.notifier = new Notifier(options.listener(), options.callbacks().orElse(callbacks));
    this.forcing =
        clock.scheduleWithFixedDelay(this::force, FORCE_SECONDS, FORCE_SECONDS, TimeUnit.SECONDS);
  }

  private static final AtomicInteger THREADS = new AtomicInteger();

  private static Thread daemon(String name, Runnable work) {
    Thread thread = new Thread(work, name + "-" + THREADS.incrementAndGet());
    thread.setDaemon(true);
    return thread;
  }

  /** Runs something after a time, on a thread that must not be held up. */
  ScheduledFuture<?> after(Duration time, Runnable action) {
    return clock.schedule(action, time.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** The directory of the runtime's files, which go with the process. */
  Path workDirectory() {
    return options.directory().resolve("work");
  }

  /**
   * Waits a little until the runtime has deleted its files, which it does when the last inference
   * has ended.
   */
  private void awaitEmptyWork() throws InterruptedException {
    File work = workDirectory().toFile();
    for (int i = 0; i < CLEAN_UP_POLLS && holdsDirectories(work); i++) {
      Thread.sleep(CLEAN_UP_POLL_MILLIS);
    }
  }

  private static boolean holdsDirectories(File work) {
    File[] inside = work.listFiles(File::isDirectory);
    return inside != null && inside.length > 0;
  }

  private void force() {
    try {
      store.force();
    } catch (IOException e) {
      // the next write meets the same trouble and reports it
    }
  }

  @Override
  public void close() throws IOException {
    transport.close();
    transfers.shutdown();
    forcing.cancel(false);
    clock.shutdown();
    try {
      if (!transfers.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        transfers.shutdownNow(); // what is being built is given up
        transfers.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
      }
      awaitEmptyWork();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      transfers.shutdownNow();
    }
    speed.keep();
    try {
      store.close();
    } finally {
      callbacks.shutdown();
      lock.close();
    }
  }
}
