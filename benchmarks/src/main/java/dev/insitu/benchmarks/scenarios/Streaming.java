package dev.insitu.benchmarks.scenarios;

import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.PlanMaker;
import dev.insitu.elastic.plan.Profile;
import dev.insitu.elastic.plan.Range;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.runtime.ProgressiveModel;
import dev.insitu.runtime.Tensor;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.DoubleStream;

/**
 * Lets the chunks of a package come at a link's rate, without a network, while inferences are timed
 * one after the other.
 */
final class Streaming {

  private static final int QUIET_RUNS = 15;

  private final PackageFile pack;
  private final ProgressiveModel model;
  private final Map<String, Tensor> question;
  private final double bytesPerSecond;

  /**
   * What was measured.
   *
   * @param millis of each inference between the first that could run and the fused session
   * @param quietPeerMillis of the fully optimised session before anything arrived
   * @param secondsUntilFused from the first inference to the fused session
   * @param secondsUntilArrived from the first inference to the last chunk
   * @param fuseSeconds from all chunks being in use to the fused session
   * @param buildShare of the time until the fused session that better sessions were built in
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Result(
      double[] millis,
      double quietPeerMillis,
      double secondsUntilFused,
      double secondsUntilArrived,
      double fuseSeconds,
      double buildShare) {}

  Streaming(
      PackageFile pack, ProgressiveModel model, Map<String, Tensor> question, double megabits) {
    this.pack = pack;
    this.model = model;
    this.question = question;
    this.bytesPerSecond = megabits * 1e6 / 8;
  }

  Result measure(Runnable peer) {
    double quiet = Stats.median(Pairs.measure(QUIET_RUNS, peer, peer).ours());
    long[] arrived = new long[1];
    Thread arrival = Thread.ofPlatform().daemon().name("arrival").start(() -> arrive(arrived));
    CompletableFuture<Long> complete = model.whenComplete().thenApply(all -> System.nanoTime());
    model.whenRunnable().join();
    long first = System.nanoTime();
    DoubleStream.Builder millis = DoubleStream.builder();
    while (!model.whenFused().isDone()) {
      millis.add(Pairs.millis(() -> model.run(question)));
    }
    model.whenFused().join();
    double untilFused = Stats.secondsSince(first);
    join(arrival);
    return new Result(
        millis.build().toArray(),
        quiet,
        untilFused,
        1e-9 * (arrived[0] - first),
        untilFused - 1e-9 * (complete.join() - first),
        1e-9 * model.buildTime().toNanos() / untilFused);
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while chunks arrived", e);
    }
  }

  private void arrive(long[] end) {
    Plan plan =
        new PlanMaker(
                pack.manifest(),
                pack.digest(),
                Profile.unmeasured(),
                new PlanMaker.NoOtherVersions(pack.manifestBytes().length))
            .plan(Wishes.everything());
    List<ChunkSpec> chunks = pack.manifest().chunks();
    int[] order = Range.indices(plan.content().chunks()).toArray();
    SubModel starter =
        SubModel.closureOf(
            pack.manifest(), Range.indices(plan.content().chunks()).limit(plan.starterChunks()));
    model.expect(starter, SubModel.whole(pack.manifest()));
    long start = System.nanoTime();
    long bytes = 0;
    for (int chunk : order) {
      bytes += chunks.get(chunk).size();
      long due = start + (long) (1e9 * bytes / bytesPerSecond);
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      model.arrived(chunk);
    }
    end[0] = System.nanoTime();
  }
}
