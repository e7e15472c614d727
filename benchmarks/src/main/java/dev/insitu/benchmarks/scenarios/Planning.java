package dev.insitu.benchmarks.scenarios;

import dev.insitu.cli.Scenario;

/**
 * {@code insitu bench plan}: how long decisions take, how many devices of a generator get what they
 * asked for, whether what plans predict comes true over a shaped link, what other plans would have
 * cost, and who should compute. Each is a part that can be asked for alone.
 */
public final class Planning implements Scenario {

  @Override
  public String name() {
    return "plan";
  }

  @Override
  public String purpose() {
    return "decisions per second, devices served, predicted against measured, regret, who computes";
  }

  @Override
  public void run(Request request) throws Exception {
    if (request.asks("decision")) {
      new PlanDecisions(request).run(); // first, as it begins cold
    }
    if (!request.asks("devices")) {
      return;
    }
    try (Workbench bench = Workbench.open(name())) {
      PlanPackage pack = PlanPackage.make(bench, PlanSubjects.of(bench, request));
      request.notes().accept(pack.described());
      if (request.asks("devices")) {
        new PlanDevices(request, pack).run();
      }
    }
  }
}
