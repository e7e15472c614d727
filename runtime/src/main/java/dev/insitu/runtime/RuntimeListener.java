package dev.insitu.runtime;

import dev.insitu.elastic.SubModel;

/**
 * Hears what happens to a model. Called on the builder's thread, one event at a time; must return
 * soon. What it throws goes to the thread's handler of uncaught exceptions and changes nothing.
 */
public interface RuntimeListener {

  /** Hears nothing. */
  RuntimeListener NONE = new RuntimeListener() {};

  /**
   * A segment can run for the first time.
   *
   * @param segment its number
   * @param group the highest group of which it has everything
   */
  default void onSegmentReady(int segment, int group) {}

  /**
   * The head of an exit can run for the first time.
   *
   * @param exit its number in the package
   * @param group the highest group of which it has everything
   */
  default void onExitReady(int exit, int group) {}

  /**
   * Better sessions came into use.
   *
   * @param active the chunks they know
   * @param buildNanos how long building took
   */
  default void onRefined(SubModel active, long buildNanos) {}

  /** Everything expected is in use. */
  default void onComplete(SubModel active) {}

  /**
   * One session of the whole graph was built beside the segments.
   *
   * @param report what was measured and which is used
   */
  default void onFused(FuseReport report) {}

  /**
   * A chunk cannot be used though it was announced: its bytes do not have its digest, or have it
   * and cannot be decoded. The model keeps what it has and no longer waits for the chunk; announced
   * again, it is tried again.
   */
  default void onBadChunk(int chunk, Throwable problem) {}

  /**
   * Sessions could not be built, for instance because the disk is full. The sessions there are
   * serve on; the next arrival or {@link ProgressiveModel#retry} tries again.
   */
  default void onBuildFailed(InferenceException problem) {}
}
