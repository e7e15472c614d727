package dev.insitu.runtime;

import dev.insitu.elastic.ChunkSource;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.elastic.plan.ExitPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * A model that runs while it arrives. Chunks become sessions segment by segment; an inference waits
 * before a segment until it can run; what arrives later makes the sessions better without
 * disturbing an inference. Thread-safe; inferences run side by side.
 *
 * <pre>{@code
 * try (ProgressiveModel model = new ProgressiveModel(manifest, chunks, directory, options)) {
 *   model.expect(starter, SubModel.whole(manifest));
 *   link.onChunk(model::arrived);
 *   Map<String, Tensor> outputs = model.run(Map.of("image", pixels));
 * }
 * }</pre>
 */
public final class ProgressiveModel implements AutoCloseable {

  private final Manifest manifest;
  private final RuntimeOptions options;
  private final Parts parts;
  private final Dataflow dataflow;
  private final Set<String> inputNames;
  private final CurrentSessions sessions;
  private final Walk walk;
  private final WorkDirectory work;
  private final Inbox inbox = new Inbox();
  private final Milestones milestones;
  private final ModelBuilder builder;
  private final BuildLoop loop;
  private final boolean measuresOnInputsSeen;
  private volatile Map<String, Tensor> latestInputs;
  private volatile int depth; // written under the inbox's lock
  private volatile boolean deepening; // it was less before

  /**
   * Makes a model of which nothing has arrived.
   *
   * @param chunks read on the builder's thread once a chunk is announced, and again later
   * @param workDirectory gets a directory for this model's weight files, which goes with the model;
   *     may be shared by models and processes
   * @throws InferenceException MODEL if the package's segments do not fit together
   * @throws IOException if the directory cannot be made
   */
  public ProgressiveModel(
      Manifest manifest, ChunkSource chunks, Path workDirectory, RuntimeOptions options)
      throws IOException {
    this.manifest = manifest;
    this.options = options;
    this.dataflow = new Dataflow(manifest);
    this.inputNames =
        manifest.inputs().stream().map(ValueSpec::name).collect(Collectors.toUnmodifiableSet());
    this.latestInputs = options.warmUpInputs();
    this.measuresOnInputsSeen = latestInputs.isEmpty() && options.fusePolicy() == FusePolicy.AUTO;
    this.parts = new Parts(manifest);
    this.depth = parts.segments();
    this.sessions =
        new CurrentSessions(
            manifest.name(), parts, SessionSet.none(parts, SubModel.empty(manifest)));
    this.walk = new Walk(manifest, parts, dataflow, sessions);
    this.work = WorkDirectory.create(workDirectory);
    Events events = new Events(options.listener());
    this.milestones = new Milestones(sessions, events);
    BuildContext context = context(chunks, events);
    SegmentBuilder segments = new SegmentBuilder(context);
    Fusion fusion = new Fusion(context, segments, walk, () -> latestInputs);
    this.builder = new ModelBuilder(context, segments, fusion, milestones);
    this.loop = new BuildLoop(context, builder, inbox, milestones);
  }

  private BuildContext context(ChunkSource chunks, Events events) throws IOException {
    try {
      PackageIndex index = new PackageIndex(manifest);
      TensorStore store =
          options.freeSegmentsAfterUse()
              ? new StreamedStore(manifest, chunks)
              : new HeldStore(manifest, chunks, new Generation(work, "exact", manifest));
      return new BuildContext(
          manifest,
          parts,
          index,
          options,
          events,
          sessions,
          work,
          store,
          new Progress(manifest, index),
          new Graphs(manifest, options));
    } catch (IOException | RuntimeException e) {
      work.release();
      throw e;
    }
  }

  /** The package this is a model of. */
  public Manifest manifest() {
    return manifest;
  }

  /**
   * Says that the model in full depth is to come. May be called again when plans change.
   *
   * @param starter a segment first becomes runnable when all chunks of the starter that touch its
   *     tensors are there
   * @param target what will have arrived in the end; the starter is part of it
   */
  public void expect(SubModel starter, SubModel target) {
    expect(starter, target, parts.segments());
  }

  /**
   * As {@link #expect(SubModel, SubModel)}, for a model that ends at an exit. When the depth grows,
   * the exit before goes on answering until the new depth can run.
   *
   * @param newDepth how many segments run before the answer: all of them, or those before an exit
   */
  public void expect(SubModel starter, SubModel target, int newDepth) {
    if (newDepth != parts.segments() && parts.exitAt(newDepth) < 0) {
      throw new IllegalArgumentException(
          "Model '" + manifest.name() + "' has no exit after " + newDepth + " segments");
    }
    if (starter.manifest() != manifest || target.manifest() != manifest) {
      throw new IllegalArgumentException("The sub-models are of another package");
    }
    synchronized (inbox) { // so that the latest number goes with the latest target
      deepening |= newDepth > depth;
      depth = newDepth;
      inbox.expect(new Inbox.Expectation(milestones.expect(), starter, target, newDepth));
    }
    loop.wake();
  }

  /**
   * Announces a chunk that can be read from the source now. Costs little; a second announcement
   * nothing. Chunks may come in any order.
   *
   * @param chunk its number in the manifest
   */
  public void arrived(int chunk) {
    if (chunk < 0 || chunk >= manifest.chunks().size()) {
      throw new IllegalArgumentException(
          "Chunk " + chunk + " of a package of " + manifest.chunks().size());
    }
    if (inbox.arrived(chunk, milestones::tryAgain)) {
      loop.wake();
    }
  }

  /** Tries again what failed, for instance when there is room on the disk. */
  public void retry() {
    milestones.tryAgain();
    inbox.retry();
    loop.wake();
  }

  /**
   * Runs the model on one set of inputs, waiting for segments as long as the options allow.
   *
   * @param inputs by name; all the model's inputs
   * @return the model's outputs by name, in the model's order
   * @throws InferenceException INPUT, CLOSED, TIMEOUT, INTERRUPTED, STORAGE, MODEL, ENGINE or
   *     UNSUPPORTED
   */
  public Map<String, Tensor> run(Map<String, Tensor> inputs) {
    return answer(inputs, options.exitPolicy()).outputs();
  }

  /**
   * As {@link #run(Map)}, and tells who answered.
   *
   * @param policy which exits before the expected depth may answer; only ones whose heads are there
   *     are asked
   */
  public Answer answer(Map<String, Tensor> inputs, ExitPolicy policy) {
    return answer(inputs, policy, deadline(options.waitLimit().orElse(null)));
  }

  /**
   * As {@link #run(Map)}, with a limit for waiting.
   *
   * @param waitLimit for all segments together; the computing itself is not limited
   */
  public Map<String, Tensor> run(Map<String, Tensor> inputs, Duration waitLimit) {
    return answer(inputs, options.exitPolicy(), deadline(waitLimit)).outputs();
  }

  /** As {@link #answer(Map, ExitPolicy)}, with a limit for waiting. */
  public Answer answer(Map<String, Tensor> inputs, ExitPolicy policy, Duration waitLimit) {
    return answer(inputs, policy, deadline(waitLimit));
  }

  private Answer answer(Map<String, Tensor> inputs, ExitPolicy policy, long deadline) {
    checkInputs(inputs);
    Answer answer = walk.answer(new Route(depth, policy, mayAnswerShallower()), inputs, deadline);
    if (measuresOnInputsSeen) {
      latestInputs = milestones.fuseDecided() ? Map.of() : Map.copyOf(inputs);
    }
    return answer;
  }

  private void checkInputs(Map<String, Tensor> inputs) {
    InputCheck.check(manifest.name(), manifest.inputs(), inputs);
    InputCheck.requireAll(manifest.name(), inputNames, inputs);
  }

  /**
   * The values that cross the cut before a segment: what {@link #runUntil} returns and {@link
   * #runFrom} takes.
   *
   * @param segment 0 (the inputs) to the number of segments (the outputs)
   */
  public Set<String> cut(int segment) {
    return dataflow.cut(requireCut(segment));
  }

  /**
   * Runs the segments before a cut.
   *
   * @return the values at the cut by name
   */
  public Map<String, Tensor> runUntil(int segment, Map<String, Tensor> inputs) {
    checkInputs(inputs);
    return walk.run(0, requireCut(segment), inputs, deadline(options.waitLimit().orElse(null)));
  }

  /**
   * Runs the segments before a cut, unless an exit before it is sure enough to answer.
   *
   * @param segment 0 to the number of segments
   * @param waitLimit for all segments together
   */
  public Partial until(
      int segment, Map<String, Tensor> inputs, ExitPolicy policy, Duration waitLimit) {
    checkInputs(inputs);
    return walk.until(requireCut(segment), policy, inputs, deadline(waitLimit));
  }

  /**
   * Answers as soon as anything can: in the depth that is expected, or at the deepest exit before
   * it that can run.
   *
   * @throws InferenceException TIMEOUT if nothing can in time
   */
  public Answer answerSoonest(Map<String, Tensor> inputs, Duration waitLimit) {
    checkInputs(inputs);
    return walk.answer(new Route(depth, options.exitPolicy(), true), inputs, deadline(waitLimit));
  }

  /**
   * Runs the segments from a cut on.
   *
   * @param values all values at the cut by name, and no others
   * @return the model's outputs by name
   */
  public Map<String, Tensor> runFrom(int segment, Map<String, Tensor> values) {
    InputCheck.requireAll(manifest.name(), cut(segment), values);
    InputCheck.refuseOthers(manifest.name(), cut(segment), values);
    return walk.run(
        segment, manifest.segments().size(), values, deadline(options.waitLimit().orElse(null)));
  }

  private int requireCut(int segment) {
    if (segment < 0 || segment > manifest.segments().size()) {
      throw InferenceException.input(
          "Model '"
              + manifest.name()
              + "' has cuts 0 to "
              + manifest.segments().size()
              + ", not "
              + segment
              + ".");
    }
    return segment;
  }

  private static long deadline(@org.jspecify.annotations.Nullable Duration limit) {
    if (limit == null) {
      return CurrentSessions.NEVER;
    }
    long nanos;
    try {
      nanos = limit.toNanos();
    } catch (ArithmeticException e) {
      return CurrentSessions.NEVER;
    }
    return System.nanoTime() + Math.min(nanos, Long.MAX_VALUE / 4);
  }

  /** The chunks that all present sessions know. */
  public SubModel active() {
    return sessions.active();
  }

  /** The highest group of which a segment's sessions have everything, -1 if it cannot run. */
  public int groupOf(int segment) {
    SubModel active = sessions.active();
    if (segment >= runnableSegments()) {
      return -1;
    }
    return manifest.segments().get(segment).tensors().stream()
        .mapToInt(active::groupOf)
        .min()
        .orElse(manifest.losslessGroup());
  }

  /** How many segments from the first can run, heads of exits aside. */
  public int runnableSegments() {
    return sessions.runnable();
  }

  /** How many segments run before the answer that is expected. */
  public int depth() {
    return depth;
  }

  /** The depth at which an inference could be answered now, at most the expected; 0 if at none. */
  public int answeringDepth() {
    return sessions.answering(depth);
  }

  /** Whether an inference would be answered now without waiting. */
  public boolean canAnswer() {
    int wanted = depth;
    int now = sessions.answering(wanted);
    return now == wanted || now > 0 && mayAnswerShallower();
  }

  private boolean mayAnswerShallower() {
    return options.answerFromExits() || deepening;
  }

  /** Which exits answer early where an inference says nothing. */
  public ExitPolicy exitPolicy() {
    return options.exitPolicy();
  }

  /** Whether inferences use one session of the whole graph. */
  public boolean fused() {
    return sessions.fused();
  }

  /**
   * Completes when the expected depth can run, exceptionally when that fails. Dependents without an
   * executor of their own run on the builder's thread.
   */
  public CompletableFuture<Void> whenRunnable() {
    return milestones.whenRunnable();
  }

  /** Completes with the active sub-model when all that is expected is in use. */
  public CompletableFuture<SubModel> whenComplete() {
    return milestones.whenComplete();
  }

  /** Completes when, after completion, it has been decided whether the segments are joined. */
  public CompletableFuture<FuseReport> whenFused() {
    return milestones.whenFused();
  }

  /** Time spent so far on exchanging sessions for better ones. */
  public Duration buildTime() {
    return Duration.ofNanos(builder.buildNanos());
  }

  /**
   * Refuses further inferences and ends waiting ones. Those that run end in peace; sessions and
   * files go with the last.
   */
  @Override
  public void close() {
    if (sessions.close()) {
      milestones.ended(InferenceException.closed(manifest.name()));
      loop.close();
      work.release();
    }
  }

  @Override
  public String toString() {
    return manifest.name() + " " + manifest.header().version() + ": " + active();
  }
}
