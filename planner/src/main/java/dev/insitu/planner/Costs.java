package dev.insitu.planner;

import dev.insitu.elastic.plan.StartingPoint;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What candidates cost in one situation. Formulas and their sources stand in
 * docs/design/planner.md; the model of overlap is t_l = max(arrival of l, t_(l-1)) + T_l.
 */
final class Costs {

  /** How much of the server's last answer is left, on average, when the device could answer. */
  private static final double HALF = 0.5;

  private final List<ByteTable> decoded;
  private final List<ByteTable> missing;
  private final Conditions conditions;
  private final Calibration calibration;
  private final long manifestBytes;
  private final Map<Route, double[]> computed = new HashMap<>(); // by prefix, NaN if not yet

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

  /** Bytes over the link: down once, and up with every inference that the server takes part in. */
  double bytes(Family family, int prefix) {
    return down(family, prefix) + up(family, prefix);
  }

  private double up(Family family, int prefix) {
    double up = conditions.inferences() * family.remote().upBytes();
    return family.helper().isEmpty()
        ? up
        : helped(family, family.helper().get(), prefix) * family.helper().get().remote().upBytes();
  }

  /** Most inferences that the server takes part in until the device answers. */
  private double helped(Family family, Family helper, int prefix) {
    double seconds = alone(family, prefix) - contentBegins(helper);
    return seconds > 0 ? Math.min(conditions.inferences(), seconds / latency(helper)) : 0;
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
        + up(family, prefix) * conditions.joulesPerByteUp();
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

  /** Seconds until the first answer, whoever gives it. */
  double firstAnswer(Family family, int prefix) {
    return Math.min(alone(family, prefix), assisted(family, prefix));
  }

  /** Seconds until the server helps to the first answer; infinite if it does not. */
  double assisted(Family family, int prefix) {
    return family.helper().isEmpty()
        ? Double.POSITIVE_INFINITY
        : alone(family.helper().get(), starter(family, prefix)) + calibration.sessionSeconds();
  }

  /** Seconds until the first answer that nobody helps to. */
  double alone(Family family, int prefix) {
    double done =
        family.route().depth == 0
            ? contentBegins(family)
            : computed(family, starter(family, prefix));
    return done + (family.divided() ? conditions.remote(family.remote()) : 0);
  }

  /** Seconds until the last step has computed the first sample; kept, as families share routes. */
  private double computed(Family family, int starter) {
    Route route = family.route();
    double[] known = computed.get(route);
    if (known == null) {
      known = new double[missing.get(route.width).prefixes()];
      Arrays.fill(known, Double.NaN);
      computed.put(route, known);
    }
    if (Double.isNaN(known[starter])) {
      known[starter] = compute(family, starter);
    }
    return known[starter];
  }

  private double compute(Family family, int starter) {
    Route route = family.route();
    double begins = contentBegins(family);
    double done = begins;
    ByteTable arriving = missing.get(route.width);
    for (int step = 0; step < route.steps(); step++) {
      double arrived = begins + conditions.down(arriving.through(route, starter, step));
      done = Math.max(arrived, done) + firstSeconds(route, starter, step);
    }
    return done;
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
    double alone = alone(family, prefix);
    double first = Math.min(alone, assisted(family, prefix));
    double others = conditions.inferences() - 1;
    if (others == 0 || first == Double.POSITIVE_INFINITY) {
      return first; // of a dead link too
    }
    if (family.helper().isEmpty()) {
      return first + answering(family, prefix, first, others) + refining(family, prefix);
    }
    double stepwise = stepwiseLatency(family);
    double meanwhile = calibration.sessionSeconds(); // the device is making sessions too
    double slow = Math.max(stepwise, latency(family.helper().get()) + meanwhile);
    double helped = begun(others, first, alone, slow);
    double rest = helped < others ? answering(family, prefix, alone, others - helped) : 0;
    double over = Math.min(HALF, others - helped) * (slow - stepwise);
    return first + helped * slow + rest + over + refining(family, prefix);
  }

  private double answering(Family family, int prefix, double first, double others) {
    double stepwise = stepwiseLatency(family);
    if (!family.fused()) {
      return others * stepwise;
    }
    double fusedFrom = Math.max(arrival(family, prefix), first) + calibration.fuseSeconds();
    double before = begun(others, first, fusedFrom, stepwise);
    return before * stepwise + (others - before) * fusedLatency(family);
  }

  /** How many of so many answers, one after another, begin between two moments. */
  private static double begun(double answers, double from, double to, double each) {
    return Math.clamp(each > 0 ? (to - from) / each : 0, 0, answers);
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
