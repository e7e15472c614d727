package dev.insitu.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Supplier;

/** Joins the segments of a complete model into one session of the whole graph. */
final class Fusion {

  private static final int PAIRS = 5;

  private final BuildContext context;
  private final SegmentBuilder segments;
  private final Walk walk;
  private final Supplier<Map<String, Tensor>> inputs;

  /**
   * @param walk runs the segments
   * @param inputs to measure with; may give none
   */
  Fusion(
      BuildContext context,
      SegmentBuilder segments,
      Walk walk,
      Supplier<Map<String, Tensor>> inputs) {
    this.context = context;
    this.segments = segments;
    this.walk = walk;
    this.inputs = inputs;
  }

  /** Whether the policy and the memory allow it. */
  boolean allowed() {
    boolean tooBig = context.options().freeSegmentsAfterUse();
    boolean answersInside =
        !context.parts().exits().isEmpty() && context.options().exitPolicy().asksAny();
    if (tooBig || answersInside) {
      return false;
    }
    return switch (context.options().fusePolicy()) {
      case NEVER -> false;
      case ALWAYS -> true;
      case AUTO -> context.graphs().layoutFits();
    };
  }

  /**
   * Builds the session and exchanges it, if it is not slower.
   *
   * @param compare whether the segments are complete too, so that the faster can be kept
   */
  FuseReport fuse(boolean compare) throws IOException {
    Generation home = completeGeneration();
    try {
      long start = System.nanoTime();
      GraphSession whole = context.graphs().whole(home);
      OptionalDouble speedup;
      try {
        whole.open();
        speedup = compare ? measure(whole) : OptionalDouble.empty();
      } catch (RuntimeException e) {
        whole.release();
        throw e;
      }
      boolean faster = speedup.isEmpty() || speedup.getAsDouble() > 1;
      boolean used = faster || context.options().fusePolicy() == FusePolicy.ALWAYS;
      if (used) {
        segments.publish(unopenedSegments(home, whole), whole);
      } else {
        whole.release();
      }
      return new FuseReport(used, System.nanoTime() - start, speedup);
    } finally {
      home.release();
    }
  }

  /** A generation with all tensors, for the caller to release. */
  private Generation completeGeneration() throws IOException {
    BitSet all = new BitSet();
    for (int i = 0; i < context.manifest().tensors().size(); i++) {
      all.set(i, context.progress().tensorReady(i)); // what nobody uses may not be there
    }
    Generation exact = context.store().exact(all.stream()::iterator);
    if (exact != null) {
      exact.retain();
      return exact;
    }
    Generation made = segments.newGeneration();
    try {
      context.store().write(all, made, context.progress().stamp());
      made.extend();
      return made;
    } catch (IOException | RuntimeException e) {
      made.release();
      throw e;
    }
  }

  /** Sessions for partial inferences, opened when the first comes. */
  private Map<Integer, GraphSession> unopenedSegments(Generation home, GraphSession whole)
      throws IOException {
    Map<Integer, GraphSession> made = new HashMap<>();
    try {
      for (int i = 0; i < context.parts().count(); i++) {
        if (context.parts().get(i).tensors().stream().allMatch(home::has)) {
          made.put(i, context.graphs().part(i, home, context.options().opening()));
        }
      }
      return made;
    } catch (IOException | RuntimeException e) {
      made.values().forEach(GraphSession::release);
      whole.release();
      throw e;
    }
  }

  private OptionalDouble measure(GraphSession whole) {
    Map<String, Tensor> sample = inputs.get();
    if (sample.isEmpty()) {
      return OptionalDouble.empty();
    }
    int count = context.manifest().segments().size();
    long[] segmentNanos = new long[PAIRS];
    long[] wholeNanos = new long[PAIRS];
    for (int i = -1; i < PAIRS; i++) { // the first pair warms up
      long start = System.nanoTime();
      walk.run(0, count, sample, CurrentSessions.NEVER);
      long middle = System.nanoTime();
      run(whole, sample);
      if (i >= 0) {
        segmentNanos[i] = middle - start;
        wholeNanos[i] = System.nanoTime() - middle;
      }
    }
    Arrays.sort(segmentNanos);
    Arrays.sort(wholeNanos);
    return OptionalDouble.of((double) segmentNanos[PAIRS / 2] / wholeNanos[PAIRS / 2]);
  }

  private static void run(GraphSession whole, Map<String, Tensor> sample) {
    try (EngineValues values = new EngineValues()) {
      Map<String, OnnxTensor> inputs = new HashMap<>();
      for (Map.Entry<String, Tensor> input : sample.entrySet()) {
        values.put(input.getKey(), input.getValue());
        inputs.put(input.getKey(), values.get(input.getKey()));
      }
      whole.run(inputs, values);
    } catch (OrtException e) {
      throw Engine.failure(whole + " refuses an input", e);
    }
  }
}
