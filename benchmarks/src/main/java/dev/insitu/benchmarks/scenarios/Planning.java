package dev.insitu.benchmarks.scenarios;

import dev.insitu.cli.Scenario;

/**
 * {@code insitu bench plan}: how long decisions take, whether what they predict comes true over a
 * shaped link, what other plans would have cost, how many devices of a generator get what they
 * asked for, and who should compute.
 */
public final class Planning implements Scenario {

  @Override
  public String name() {
    return "plan";
  }

  @Override
  public String purpose() {
    return "decisions per second, predicted against measured, regret, devices served, who computes";
  }

  @Override
  public void run(Request request) throws Exception {
    new PlanDecisions(request).run();
  }
}
