package dev.insitu.benchmarks.scenarios;

import dev.insitu.cli.Scenario;
import java.util.OptionalDouble;

/**
 * {@code insitu bench first-answer}: time from the SDK's first call to the first answer at the end
 * of a slow link, beside the time that the link and the computing allow and the time that
 * downloading the ONNX file takes.
 */
public final class FirstAnswer implements Scenario {

  private static final int RUNS = 5;
  private static final double FAST_MEGABITS = 20;
  private static final double SLOW_MEGABITS = 0.5;
  private static final double LEAST_AGREEMENT = 0.9;
  private static final double LEAST_BITS = 3.0;

  @Override
  public String name() {
    return "first-answer";
  }

  @Override
  public String purpose() {
    return "time to the first answer over a slow link, against curl and ONNX Runtime";
  }

  @Override
  public void run(Request request) throws Exception {
    int runs = request.runs() > 0 ? request.runs() : RUNS;
    try (Workbench bench = Workbench.open(name())) {
      Line fast = Line.of(FAST_MEGABITS);
      if (request.model().isPresent()) {
        Subject subject = Subjects.users(request.model().get());
        new FirstAnswerCase(bench, request, subject, fast, runs, OptionalDouble.empty())
            .run(LEAST_BITS);
        return;
      }
      Subject large = Subjects.resnet18(224);
      new FirstAnswerCase(bench, request, large, fast, runs, OptionalDouble.empty())
          .run(LEAST_BITS);
      Subject small = Subjects.shapes(bench.fresh("shapes"));
      new FirstAnswerCase(
              bench,
              request,
              small,
              Line.of(SLOW_MEGABITS),
              runs,
              OptionalDouble.of(LEAST_AGREEMENT))
          .run(0);
    }
  }
}
