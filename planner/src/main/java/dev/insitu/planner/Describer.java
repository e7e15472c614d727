package dev.insitu.planner;

import dev.insitu.elastic.Manifest;
import dev.insitu.planner.PlannedModel.Accuracy;
import dev.insitu.planner.PlannedModel.Division;
import dev.insitu.planner.PlannedModel.Expected;
import dev.insitu.planner.PlannedModel.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Makes a plan of a point of the grid. */
final class Describer {

  private static final double DEVIATIONS = 1.96; // an interval of 95 %

  private final CandidateGrid grid;
  private final Costs costs;

  Describer(CandidateGrid grid, Costs costs) {
    this.grid = grid;
    this.costs = costs;
  }

  PlannedModel describe(Candidate candidate) {
    Family family = candidate.family();
    int prefix = candidate.prefix();
    Route route = family.route();
    int starter = costs.starter(family, prefix);
    Manifest view = grid.manifest().atWidth(route.width);
    ChunkIndex index = grid.index(route.width);
    return new PlannedModel(
        view.share(),
        route.depth,
        route.exit < 0 ? OptionalInt.empty() : OptionalInt.of(view.exits().get(route.exit).after()),
        division(family),
        helper(family, prefix).flatMap(Describer::division),
        route.depth == 0 ? 0 : index.end(prefix),
        route.depth == 0 ? 0 : index.end(starter),
        family.order(),
        family.fused(),
        expected(family, prefix, starter),
        steps(family, starter));
  }

  private static Optional<Division> division(Family family) {
    Family.Remote remote = family.remote();
    return family.divided()
        ? Optional.of(new Division(family.route().depth, remote.bits(), remote.upBytes()))
        : Optional.empty();
  }

  private Expected expected(Family family, int prefix, int starter) {
    return new Expected(
        costs.manifestBytes(family),
        costs.chunkBytes(family, prefix),
        costs.bytes(family, prefix),
        costs.contentBegins(family),
        costs.firstAnswer(family, prefix),
        costs.arrival(family, prefix),
        costs.latency(family),
        costs.time(family, prefix),
        costs.energy(family, prefix),
        costs.storage(family, prefix),
        costs.memory(family),
        accuracy(family, prefix),
        helper(family, prefix)
            .map(helper -> accuracy(helper, Math.min(starter, helper.last())))
            .orElse(accuracy(family, starter)));
  }

  /** What gives the first answers, if the device does not. */
  private Optional<Family> helper(Family family, int prefix) {
    return family
        .helper()
        .filter(any -> costs.assisted(family, prefix) < costs.alone(family, prefix));
  }

  /**
   * Wilson's interval of a share of as many samples as were measured, and on both sides the mean
   * error of predictions between measured points. All chunks together give the root's answers.
   */
  private Accuracy accuracy(Family family, int prefix) {
    double value = family.worth(prefix);
    if (value == 1 && grid.worth() == Worth.AGREEMENT && isRoot(family, prefix)) {
      return new Accuracy(1, 1, 1, Worth.AGREEMENT);
    }
    if (grid.worth() == Worth.UNMEASURED || grid.samples() == 0) {
      return new Accuracy(value, 0, 1, grid.worth());
    }
    double n = grid.samples();
    double square = DEVIATIONS * DEVIATIONS;
    double center = (value + square / (2 * n)) / (1 + square / n);
    double half =
        DEVIATIONS / (1 + square / n) * Math.sqrt(value * (1 - value) / n + square / (4 * n * n));
    double off = grid.deviation().mean();
    return new Accuracy(
        value,
        Math.clamp(center - half - off, 0, value),
        Math.clamp(center + half + off, value, 1),
        grid.worth());
  }

  private boolean isRoot(Family family, int prefix) {
    Manifest manifest = grid.manifest();
    return prefix == family.last()
        && !family.divided()
        && family.route().depth == manifest.segments().size()
        && family.route().width == manifest.width()
        && !manifest.header().retrained();
  }

  private List<Step> steps(Family family, int starter) {
    Route route = family.route();
    List<Step> steps = new ArrayList<>();
    double done = costs.contentBegins(family);
    for (int step = 0; step < route.steps(); step++) {
      double arrived = costs.stepArrival(family, starter, step);
      double begins = Math.max(arrived, done);
      done = begins + costs.firstSeconds(route, starter, step);
      boolean head = step == route.depth;
      steps.add(
          new Step(
              head ? step - 1 : step,
              head,
              costs.stepBytes(route, starter, step),
              arrived,
              begins,
              done));
    }
    return steps;
  }
}
