package dev.insitu.planner;

/**
 * What computing costs beside multiply-accumulates; to be corrected by what devices report.
 *
 * @param efficiency share of the self-test's speed that a model reaches, above 0
 * @param sessionSeconds to make a segment's session once its weights are there
 * @param decodeSecondsPerByte to rebuild weights from a chunk's byte
 * @param stepSeconds for each segment of each inference
 * @param fuseSeconds to make the session of the whole graph
 * @param fusedSpeedup how much faster that computes, at least 1
 * @param fusedWeightCopies weights that it keeps in memory beside those of the segments, 0 or more
 * @param setUpRoundTrips from the asking to the first byte: the plan, the connection, the content
 */
public record Calibration(
    double efficiency,
    double sessionSeconds,
    double decodeSecondsPerByte,
    double stepSeconds,
    double fuseSeconds,
    double fusedSpeedup,
    double fusedWeightCopies,
    double setUpRoundTrips) {

  /**
   * Of the machine in PERFORMANCE.md: a session over mapped weights in 5 ms, 3 ns a byte to check
   * and decode, 15 µs a cut; a fused session takes 80 ms and twice the weights, and gains what the
   * cuts cost.
   */
  public static final Calibration DEFAULT = new Calibration(1, 0.005, 3e-9, 15e-6, 0.08, 1, 2, 3);

  private static final double MOST = 1e9;

  public Calibration {
    require("efficiency", efficiency, Double.MIN_NORMAL, MOST);
    require("sessionSeconds", sessionSeconds, 0, MOST);
    require("decodeSecondsPerByte", decodeSecondsPerByte, 0, MOST);
    require("stepSeconds", stepSeconds, 0, MOST);
    require("fuseSeconds", fuseSeconds, 0, MOST);
    require("fusedSpeedup", fusedSpeedup, 1, MOST);
    require("fusedWeightCopies", fusedWeightCopies, 0, MOST);
    require("setUpRoundTrips", setUpRoundTrips, 0, MOST);
  }

  static void require(String name, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          name + " is " + value + "; it must be " + least + " to " + most);
    }
  }
}
