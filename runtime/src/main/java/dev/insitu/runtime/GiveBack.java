package dev.insitu.runtime;

/**
 * When the engine's memory goes back to the system: after a run that took much more than usual, and
 * now and then. After every run it would cost a tenth of the time, as the same memory is asked for
 * at once. Thread-safe.
 */
final class GiveBack {

  private static final int NOW_AND_THEN = 64; // runs
  private static final double MUCH_MORE = 2; // times the usual
  private static final double NEWEST = 1.0 / 16;

  private double usual; // bytes; guarded by this
  private int runs; // since the last time; guarded by this

  /**
   * Whether to give back after a run.
   *
   * @param bytes of its inputs
   */
  synchronized boolean after(long bytes) {
    boolean due = bytes > MUCH_MORE * usual || ++runs >= NOW_AND_THEN;
    if (due) {
      runs = 0;
    }
    usual = usual == 0 ? bytes : usual + NEWEST * (bytes - usual);
    return due;
  }
}
