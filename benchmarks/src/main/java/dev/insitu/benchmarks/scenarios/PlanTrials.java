package dev.insitu.benchmarks.scenarios;

import dev.insitu.cli.Scenario.Request;
import dev.insitu.elastic.PackageFile;
import dev.insitu.forge.samples.Samples;
import dev.insitu.planner.Planner;
import dev.insitu.planner.ServerSide;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.util.Map;

/**
 * What it takes to carry plans out on this machine: a server with the package, and a planner that
 * knows what this machine has measured of itself.
 *
 * @param request what is asked for
 * @param pack that is planned
 * @param pulls that carry plans out
 * @param self what this machine has measured of itself
 * @param planner for devices that are this machine
 */
record PlanTrials(
    Request request, PlanPackage pack, PlannedPull pulls, SelfMeasurement self, Planner planner) {

  private static final int QUICK = 10;
  private static final int LOOKS = 3;

  /** Measures this machine. */
  static PlanTrials of(Workbench bench, Depot depot, Request request, PlanPackage pack)
      throws IOException {
    Samples samples = pack.subject().samples().orElseThrow();
    Map<String, Tensor> question = PlanSubjects.question(samples, 0, 1);
    try (PackageFile opened = bench.open(pack.file())) {
      SelfMeasurement self = SelfMeasurement.of(bench, opened, question);
      return new PlanTrials(
          request,
          pack,
          new PlannedPull(bench, depot, pack, question),
          self,
          new Planner(pack.grid(), self.calibration(), ServerSide.NONE));
    }
  }

  /** How many situations are tried. */
  int count(int usual) {
    if (request.runs() > 0) {
      return request.runs();
    }
    return request.quick() ? QUICK : usual;
  }

  /** A run, in seconds. */
  interface Timed {
    double seconds() throws IOException;
  }

  /**
   * How much longer the one takes than the other, as a share, by the medians of further runs: the
   * least of several runs is often so by chance.
   */
  static double regretAgain(Timed chosen, Timed other) throws IOException {
    double[] ours = new double[LOOKS];
    double[] others = new double[LOOKS];
    for (int look = 0; look < LOOKS; look++) {
      ours[look] = chosen.seconds();
      others[look] = other.seconds();
    }
    return Math.max(0, Stats.median(ours) / Stats.median(others) - 1);
  }
}
