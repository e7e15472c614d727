package dev.insitu.forge;

/** Told how far the making of a package is. Called from the thread that makes it. */
public interface ForgeProgress {

  /** Tells nobody. */
  ForgeProgress NONE = (step, done, total) -> {};

  /**
   * Of {@code total} units of the step {@code done} are done.
   *
   * @param step what is being done, for people
   */
  void update(String step, long done, long total);
}
