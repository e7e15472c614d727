package dev.insitu.device;

/**
 * Hears what happens to models, one event at a time and in order, on the executor of the options.
 * May be slow: events of progress are joined meanwhile.
 */
public interface ModelListener {

  /** Hears nothing. */
  ModelListener NONE = new ModelListener() {};

  /** Bytes have come, or the step changed. */
  default void onProgress(Progress progress) {}

  /** The state changed. */
  default void onState(String model, ModelState state) {}

  /** Inference can begin. */
  default void onRunnable(String model, String version) {}

  /**
   * The version that serves is worse than the one before, which is made to serve again. {@link
   * #onSwapped} follows when it does.
   */
  default void onAccuracyDrop(String model, AccuracyDrop drop) {}

  /** Another version serves, after an update or a roll-back. */
  default void onSwapped(String model, String fromVersion, String toVersion) {}
}
