package dev.insitu.benchmarks.scenarios;

import dev.insitu.cli.Scenario;

/**
 * {@code insitu bench resume}: how many bytes a pull reads when the link is cut, the device's
 * process is killed, the server is started anew, and a bit arrives inverted.
 */
public final class Resume implements Scenario {

  private static final int CUTS = 10;

  @Override
  public String name() {
    return "resume";
  }

  @Override
  public String purpose() {
    return "bytes read under cuts, a kill -9, a restart of the server and a flipped bit";
  }

  /** Repetitions are rounds with other positions. */
  @Override
  public void run(Request request) throws Exception {
    try (Workbench bench = Workbench.open(name())) {
      Subject subject =
          request.model().isPresent()
              ? Subjects.users(request.model().get())
              : Subjects.resnet18(224);
      try (ResumeCase rounds = new ResumeCase(bench, request, subject)) {
        for (int round = 0; round < Math.max(1, request.runs()); round++) {
          rounds.run(request.seed() + round, CUTS);
        }
      }
    }
  }
}
