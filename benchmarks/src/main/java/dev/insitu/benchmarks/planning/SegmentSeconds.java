package dev.insitu.benchmarks.planning;

import dev.insitu.planner.Calibration;
import dev.insitu.planner.Order;
import dev.insitu.planner.PlannedModel;
import dev.insitu.planner.PlannedModel.Division;
import dev.insitu.planner.PlannedModel.Step;
import java.util.Arrays;
import java.util.Optional;

/**
 * When plans are through with all inferences, from the measured time of each segment instead of its
 * multiply-accumulates: played inference by inference.
 *
 * @param segments seconds of each on the machine where they were measured
 * @param heads seconds of the head of each exit, by the number of the segment before it; 0 if none
 * @param tails seconds from each segment to the end in one piece, as a server computes them
 * @param fused seconds of the whole as one session
 * @param calibration what sessions cost
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SegmentSeconds(
    double[] segments, double[] heads, double[] tails, double fused, Calibration calibration) {

  public SegmentSeconds {
    segments = segments.clone();
    heads = heads.clone();
    tails = tails.clone();
  }

  /**
   * A link and who is at its ends.
   *
   * @param bitsPerSecond up and down
   * @param roundTripSeconds there and back
   * @param slower how many times slower than the machine of the measurements the device is
   * @param overheadSeconds of a request to the server, beside the round trip
   * @param inferences one after the other
   */
  public record Cell(
      double bitsPerSecond,
      double roundTripSeconds,
      double slower,
      double overheadSeconds,
      int inferences) {}

  /** Seconds from the asking until all inferences are answered. */
  public double all(PlannedModel plan, Cell cell) {
    int depth = plan.steps().size();
    double alone = begins(plan, depth, cell) + remote(plan.division(), cell);
    double stepwise = local(plan, depth, cell) + remote(plan.division(), cell);
    int before = plan.help().map(Division::before).orElse(depth);
    double helped = local(plan, before, cell) + remote(plan.help(), cell);
    double first = begins(plan, before, cell) + remote(plan.help(), cell);
    double now = plan.help().isPresent() ? Math.min(first, alone) : alone;
    double fusedFrom =
        plan.fused()
            ? Math.max(plan.expected().arrivalSeconds(), alone) + calibration.fuseSeconds()
            : Double.POSITIVE_INFINITY;
    if (plan.order() == Order.PLANE_MAJOR && cell.inferences() > 1) {
      now += refining(plan);
    }
    for (int i = 1; i < cell.inferences(); i++) {
      now += now < alone ? helped : now < fusedFrom ? stepwise : cell.slower() * fused;
    }
    return now;
  }

  /** When the first inference has gone through so many steps. */
  private double begins(PlannedModel plan, int steps, Cell cell) {
    if (steps == 0) {
      return cell.roundTripSeconds(); // asks, and is told to send its inputs
    }
    double done = plan.expected().contentSeconds();
    for (Step step : plan.steps().subList(0, steps)) {
      double making =
          calibration.sessionSeconds() + step.bytes() * calibration.decodeSecondsPerByte();
      done = Math.max(step.arrivalSeconds(), done) + making + cell.slower() * seconds(step);
    }
    return done;
  }

  private double seconds(Step step) {
    return step.head() ? heads[step.segment()] : segments[step.segment()];
  }

  private double local(PlannedModel plan, int steps, Cell cell) {
    return cell.slower() * plan.steps().subList(0, steps).stream().mapToDouble(this::seconds).sum();
  }

  private double remote(Optional<Division> division, Cell cell) {
    if (division.isEmpty()) {
      return 0;
    }
    return 8 * division.get().upBytes() / cell.bitsPerSecond()
        + cell.roundTripSeconds()
        + cell.overheadSeconds()
        + tails[division.get().before()];
  }

  /** All sessions are made anew with the final weights. */
  private double refining(PlannedModel plan) {
    return plan.steps().size() * calibration.sessionSeconds()
        + plan.expected().chunkBytes() * calibration.decodeSecondsPerByte();
  }

  /** Seconds of all segments one after the other. */
  public double whole() {
    return Arrays.stream(segments).sum();
  }
}
