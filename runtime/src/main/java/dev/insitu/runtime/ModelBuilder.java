package dev.insitu.runtime;

import dev.insitu.elastic.SubModel;
import java.io.IOException;
import java.util.BitSet;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Decodes what arrived and keeps the sessions as good as the chunks allow: opens segments,
 * exchanges them for better ones, joins them in the end. Used by one thread at a time.
 */
final class ModelBuilder {

  private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long STANDBY_SLICE_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

  private final BuildContext context;
  private final Progress progress;
  private final SegmentBuilder segments;
  private final Fusion fusion;
  private final Milestones milestones;
  private final ArrivalQueue queue = new ArrivalQueue();
  private int expectation; // the number of the latest one
  private int depth; // how many segments are to run
  private BitSet needed; // the parts without which that depth does not run
  private BitSet expected = new BitSet(); // the parts that can run when all has arrived
  private boolean reopen = true; // look at all segments, not only at those a chunk touches
  private boolean changed; // since it was last reported that a segment can never run
  private boolean opened; // every part that is needed has a session
  private boolean optimised; // segments have been built as later sessions are
  private boolean settled; // as far as was known at the last look
  private boolean finished; // the target is complete, and it has been said
  private boolean fused; // the whole graph has a session
  private boolean standby; // nothing has been opened, as all is to be opened in one piece
  private long notBefore = System.nanoTime();
  private final AtomicLong buildNanos = new AtomicLong();

  ModelBuilder(
      BuildContext context, SegmentBuilder segments, Fusion fusion, Milestones milestones) {
    this.context = context;
    this.progress = context.progress();
    this.segments = segments;
    this.fusion = fusion;
    this.milestones = milestones;
    this.depth = context.parts().segments();
    this.needed = context.parts().needed(depth);
    this.standby = context.options().standby() && fusion.allowed();
  }

  /** Takes notes over. */
  void note(Inbox.Notes notes) {
    Inbox.Expectation latest = notes.expectation();
    if (latest != null) {
      progress.expect(latest.starter(), latest.target());
      expectation = latest.number();
      queue.resort(progress::inStarter);
      finished = false;
      settled = false;
      reopen = true;
      setDepth(latest.depth());
      expected = partsOf(progress.target());
    }
    notes.arrivals().forEach(chunk -> queue.add(chunk, progress.inStarter(chunk)));
    reopen |= notes.retry();
    changed |= !notes.arrivals().isEmpty() || notes.retry() || latest != null;
  }

  private void setDepth(int newDepth) {
    if (newDepth != depth) {
      depth = newDepth;
      needed = context.parts().needed(depth);
      opened = false;
      optimised = false;
    }
  }

  private boolean isWhole() {
    return depth == context.parts().segments();
  }

  /**
   * Works for a short while.
   *
   * @return nanoseconds after which there is more to do, 0 for at once, -1 if there is nothing
   * @throws BadChunkException after which {@link #bad} is to be called
   * @throws IOException if the disk fails; nothing is lost
   */
  long work() throws IOException {
    boolean small = context.options().standby();
    long end = System.nanoTime() + (small ? STANDBY_SLICE_NANOS : SLICE_NANOS);
    if (reopen && !standby) {
      for (int i = 0; i < context.parts().count(); i++) {
        segments.openIfReady(i);
      }
      reopen = false;
    }
    int chunk = queue.poll(progress::canDecode);
    boolean decoded = chunk >= 0;
    while (chunk >= 0) {
      add(chunk);
      chunk = System.nanoTime() < end ? queue.poll(progress::canDecode) : -2;
    }
    if (standby) {
      if (decoded || openStandby()) {
        return 0; // what comes next is a slice of its own
      }
    }
    noteOpened();
    long wait = improve();
    if (changed) {
      reportHopeless();
    }
    return chunk == -2 ? 0 : wait;
  }

  private void add(int chunk) throws IOException {
    if (progress.decoded(chunk)) {
      return;
    }
    try {
      context.store().add(chunk);
    } catch (BadChunkException e) {
      if (e.chunk() != chunk) {
        queue.add(chunk, progress.inStarter(chunk));
      }
      throw e;
    } catch (IOException | OutOfMemoryError e) {
      queue.add(chunk, progress.inStarter(chunk));
      throw e;
    }
    progress.add(chunk);
    reopen = true; // in case of trouble below
    if (standby) {
      return;
    }
    segments.prepare(chunk);
    for (int segment : context.index().partsOf(chunk)) {
      segments.openIfReady(segment);
    }
    reopen = false;
  }

  /** Gives a chunk up, until it is announced again. */
  void bad(BadChunkException problem) {
    BitSet lost = progress.bad(problem.chunk());
    lost.stream().forEach(chunk -> queue.add(chunk, progress.inStarter(chunk)));
    reopen = true;
    Throwable cause = problem.getCause() == null ? problem : problem.getCause();
    context.events().tell(listener -> listener.onBadChunk(problem.chunk(), cause));
    reportHopeless();
  }

  /** Makes the next call look at everything again. */
  void failed() {
    reopen = true;
  }

  /**
   * Opens all in one piece when the target is complete. What cannot become complete, or be opened
   * so, is opened segment by segment.
   *
   * @return whether something has been done
   */
  private boolean openStandby() throws IOException {
    if (expectation == 0 || !progress.settled()) {
      return false;
    }
    if (progress.complete() && isWhole() && allCanOpen()) {
      try {
        FuseReport report = fusion.fuse(false);
        fused = report.used();
        buildNanos.addAndGet(report.buildNanos());
      } catch (InferenceException e) {
        if (e.reason() != InferenceException.Reason.ENGINE) {
          throw e;
        }
      }
    }
    standby = false;
    return true;
  }

  private boolean allCanOpen() {
    return needed.stream().allMatch(progress::canOpen);
  }

  private void noteOpened() {
    if (!opened && needed.stream().noneMatch(progress::unopened)) {
      opened = true;
      milestones.runnable();
    }
    if (opened && expected.stream().noneMatch(progress::unopened)) {
      segments.allOpened();
    }
  }

  /** The parts that can run with these chunks. */
  private BitSet partsOf(SubModel model) {
    BitSet found = new BitSet();
    for (int i = 0; i < context.parts().count(); i++) {
      found.set(i, context.parts().get(i).tensors().stream().allMatch(t -> model.groupOf(t) >= 0));
    }
    return found;
  }

  private void reportHopeless() {
    changed = false;
    for (int i = needed.nextSetBit(0); i >= 0 && !opened; i = needed.nextSetBit(i + 1)) {
      int chunk = progress.unopened(i) ? progress.missingBase(i) : -1;
      if (chunk >= 0) {
        milestones.failed(
            InferenceException.model(
                context.parts().name(i)
                    + " of model '"
                    + context.manifest().name()
                    + "' cannot run: its chunk "
                    + chunk
                    + " cannot be used.\nMaybe the package is damaged where it comes from."));
        return;
      }
    }
  }

  /**
   * Builds what is worth it: at once when the target has settled or all segments can run, else
   * within the share of time.
   */
  private long improve() throws IOException {
    BitSet worthwhile = worthwhile();
    boolean willFuse = progress.settled() && opened && !fused && isWhole() && fusion.allowed();
    Optimisation level = willFuse ? context.options().opening() : context.graphs().refined();
    boolean urgent = progress.settled() && !settled;
    settled = progress.settled();
    if (!worthwhile.isEmpty()) {
      long wait = notBefore - System.nanoTime();
      if (wait > 0 && !urgent) {
        return wait;
      }
      timed(fused ? () -> fusion.fuse(false) : () -> segments.rebuild(worthwhile, level));
      optimised |= level == context.graphs().refined();
    }
    if (opened && !fused && !optimised && !willFuse) {
      optimised = true;
      if (level != context.options().opening()) {
        timed(() -> segments.optimise(level));
      }
    }
    if (progress.complete() && !finished) {
      finish();
    }
    return -1;
  }

  private BitSet worthwhile() {
    if (progress.settled()) {
      return segments.outdated();
    }
    BitSet gaining = new BitSet();
    for (int i = 0; i < context.parts().count() && optimised && !fused; i++) {
      gaining.set(i, !progress.unopened(i) && progress.gains(i));
    }
    return gaining;
  }

  private void timed(Building building) throws IOException {
    long start = System.nanoTime();
    building.build();
    long took = System.nanoTime() - start;
    buildNanos.addAndGet(took);
    double share = context.options().maxBuildShare();
    notBefore = System.nanoTime() + (long) (took * (1 - share) / share);
    context.events().tell(listener -> listener.onRefined(context.sessions().active(), took));
  }

  private interface Building {
    void build() throws IOException;
  }

  private void finish() throws IOException {
    finished = true;
    milestones.complete(expectation);
    try {
      join();
    } finally {
      context.store().forget();
    }
  }

  private void join() throws IOException {
    FuseReport report = new FuseReport(fused, 0, OptionalDouble.empty());
    if (opened && !fused && isWhole() && fusion.allowed()) {
      report = fusion.fuse(true);
      fused = report.used();
      buildNanos.addAndGet(report.buildNanos());
    }
    milestones.fused(expectation, report);
  }

  /** Time spent building better sessions. */
  long buildNanos() {
    return buildNanos.get();
  }

  void close() {
    segments.allOpened();
    context.store().close();
  }
}
