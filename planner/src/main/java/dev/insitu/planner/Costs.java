package dev.insitu.planner;

import dev.insitu.elastic.plan.StartingPoint;
import java.util.BitSet;
import java.util.List;

/**
 * What candidates cost in one situation. Formulas and their sources stand in
 * docs/design/planner.md; the model of overlap is t_l = max(arrival of l, t_(l-1)) + T_l.
 */
final class Costs {

  private final List<ByteTable> decoded;
  private final List<ByteTable> missing;
  private final Conditions conditions;
  private final Calibration calibration;
  private final long manifestBytes;

  Costs(CandidateGrid grid, Conditions conditions, Calibration calibration, StartingPoint start) {
    this.decoded = grid.decoded();
    BitSet held = new BitSet();
    start.have().indices().forEach(held::set);
    this.missing = grid.missing(held);
    this.conditions = conditions;
    this.calibration = calibration;
    this.manifestBytes = start.manifestBytes();
  }

  Conditions conditions() {
    return conditions;
  }

  /** Chunk bytes that come down. */
  long chunkBytes(Family family, int prefix) {
    return missing.get(family.route().width).of(family.route(), prefix);
  }

  /** Bytes of the manifest that come down; none if the device computes nothing. */
  long manifestBytes(Family family) {
    return family.route().depth == 0 ? 0 : manifestBytes;
  }

  /** All bytes that come down. */
  long down(Family family, int prefix) {
    return manifestBytes(family) + chunkBytes(family, prefix);
  }

  /** Bytes over the link: down once, and up with every inference. */
  double bytes(Family family, int prefix) {
    return down(family, prefix) + conditions.inferences() * family.remote().upBytes();
  }

  /** Bytes that the device's disk must take: what comes down, and weights ready to be computed. */
  long storage(Family family, int prefix) {
    Route route = family.route();
    long refined = family.order() == Order.PLANE_MAJOR ? route.largestStepBytes : 0;
    return down(family, prefix) + route.weightBytes + refined;
  }

  /** The most memory at once. */
  long memory(Family family) {
    Route route = family.route();
    long refined = family.order() == Order.PLANE_MAJOR ? route.largestStepBytes : 0;
    double fused = family.fused() ? calibration.fusedWeightCopies() * route.weightBytes : 0;
    return route.weightBytes + route.activationBytes + refined + (long) Math.ceil(fused);
  }

  double energy(Family family, int prefix) {
    double n = conditions.inferences();
    return n * family.route().macs * conditions.joulesPerMac()
        + down(family, prefix) * conditions.joulesPerByteDown()
        + n * family.remote().upBytes() * conditions.joulesPerByteUp();
  }

  /** Seconds of an inference, once all has arrived. */
  double latency(Family family) {
    return family.fused() ? fusedLatency(family) : stepwiseLatency(family);
  }

  private double stepwiseLatency(Family family) {
    Route route = family.route();
    double local =
        route.macs * conditions.secondsPerMac() + route.steps() * calibration.stepSeconds();
    return local + (family.divided() ? conditions.remote(family.remote()) : 0);
  }

  private double fusedLatency(Family family) {
    return family.route().macs * conditions.secondsPerMac() / calibration.fusedSpeedup()
        + calibration.stepSeconds();
  }

  /** Seconds until the first chunk byte comes. */
  double contentBegins(Family family) {
    if (family.route().depth == 0) {
      return conditions.roundTripSeconds(); // asks, and is told to send its inputs
    }
    return calibration.setUpRoundTrips() * conditions.roundTripSeconds()
        + conditions.down(manifestBytes);
  }

  /** Seconds until all has arrived. */
  double arrival(Family family, int prefix) {
    return contentBegins(family) + conditions.down(chunkBytes(family, prefix));
  }

  /** The prefix with which first answers are given. */
  int starter(Family family, int prefix) {
    if (family.order() == Order.LAYER_MAJOR) {
      return prefix;
    }
    return family.firstReaching(conditions.startShare() * family.worth(prefix), prefix);
  }

  /** Seconds until the first answer. */
  double firstAnswer(Family family, int prefix) {
    Route route = family.route();
    int starter = starter(family, prefix);
    double begins = contentBegins(family);
    double done = begins;
    ByteTable arriving = missing.get(route.width);
    for (int step = 0; step < route.steps(); step++) {
      double arrived = begins + conditions.down(arriving.through(route, starter, step));
      done = Math.max(arrived, done) + firstSeconds(route, starter, step);
    }
    return done + (family.divided() ? conditions.remote(family.remote()) : 0);
  }

  /** Seconds for a step's first inference, once its chunks are there: T_l. */
  double firstSeconds(Route route, int prefix, int step) {
    ByteTable table = decoded.get(route.width);
    long before = step == 0 ? 0 : table.through(route, prefix, step - 1);
    long bytes = table.through(route, prefix, step) - before;
    return calibration.sessionSeconds()
        + bytes * calibration.decodeSecondsPerByte()
        + route.stepMacs[step] * conditions.secondsPerMac()
        + calibration.stepSeconds();
  }

  /** Seconds until a step's chunks have arrived. */
  double stepArrival(Family family, int prefix, int step) {
    ByteTable arriving = missing.get(family.route().width);
    return contentBegins(family) + conditions.down(arriving.through(family.route(), prefix, step));
  }

  /** Bytes of one step that come down. */
  long stepBytes(Route route, int prefix, int step) {
    ByteTable arriving = missing.get(route.width);
    long before = step == 0 ? 0 : arriving.through(route, prefix, step - 1);
    return arriving.through(route, prefix, step) - before;
  }

  /** Seconds until all expected inferences are answered. */
  double time(Family family, int prefix) {
    double first = firstAnswer(family, prefix);
    double others = conditions.inferences() - 1;
    if (others == 0 || first == Double.POSITIVE_INFINITY) {
      return first; // of a dead link too
    }
    return first + answering(family, prefix, first, others) + refining(family, prefix);
  }

  private double answering(Family family, int prefix, double first, double others) {
    double stepwise = stepwiseLatency(family);
    if (!family.fused()) {
      return others * stepwise;
    }
    double fusedFrom = Math.max(arrival(family, prefix), first) + calibration.fuseSeconds();
    double until = stepwise > 0 ? (fusedFrom - first) / stepwise : 0;
    double before = Math.clamp(until, 0, others);
    return before * stepwise + (others - before) * fusedLatency(family);
  }

  /** What it costs to exchange the first sub-model's weights for the last one's. */
  private double refining(Family family, int prefix) {
    if (family.order() == Order.LAYER_MAJOR) {
      return 0;
    }
    return family.route().steps() * calibration.sessionSeconds()
        + decoded.get(family.route().width).of(family.route(), prefix)
            * calibration.decodeSecondsPerByte();
  }
}
