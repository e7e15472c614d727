package dev.insitu.benchmarks.scenarios;

import dev.insitu.cli.Scenario;
import java.util.List;

/**
 * {@code insitu bench plan}: how long decisions take, how many devices of a generator get what they
 * asked for, how soon a change of the link is seen, whether what plans predict comes true over a
 * shaped link, what other plans would have cost, and who should compute. Each is a part that can be
 * asked for alone.
 */
public final class Planning implements Scenario {

  /** Parts that need a package of a real model. */
  private static final List<String> PACKED = List.of("devices", "prediction", "regret", "split");

  @Override
  public String name() {
    return "plan";
  }

  @Override
  public String purpose() {
    return "decisions per second, devices served, changes seen, predicted against measured, regret, who computes";
  }

  @Override
  public void run(Request request) throws Exception {
    if (request.asks("decision")) {
      new PlanDecisions(request).run(); // first, as it begins cold
    }
    if (request.asks("changes")) {
      new PlanChanges(request).run();
    }
    try (Workbench bench = Workbench.open(name())) {
      if (request.asks("http")) {
        new PlanServing(bench, request).run();
      }
      if (PACKED.stream().noneMatch(request::asks)) {
        return;
      }
      PlanPackage pack = PlanPackage.make(bench, PlanSubjects.of(bench, request));
      request.notes().accept(pack.described());
      if (request.asks("devices")) {
        new PlanDevices(request, pack).run();
      }
      try (Depot depot = new Depot(bench)) {
        depot.publish(pack.file());
        PlanTrials trials = PlanTrials.of(bench, depot, request, pack);
        request.notes().accept(trials.self().toString());
        if (request.asks("prediction")) {
          new PlanPredictions(trials).run();
        }
        if (request.asks("regret")) {
          new PlanRegret(trials).run();
        }
        if (request.asks("split")) {
          PlanSplits splits = new PlanSplits(bench, depot, trials);
          splits.run();
          new PlanDivisions(bench, depot, trials, splits, splits.seconds()).run();
        }
      }
    }
  }
}
