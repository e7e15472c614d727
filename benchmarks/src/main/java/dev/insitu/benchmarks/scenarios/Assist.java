package dev.insitu.benchmarks.scenarios;

import dev.insitu.cli.Scenario;
import java.time.Duration;

/**
 * {@code insitu bench assist}: what it costs that a server computes instead of the process that
 * asks, one request at a time and many at once.
 *
 * <pre>./insitu bench assist</pre>
 */
public final class Assist implements Scenario {

  private static final int PAIRS = 100;

  @Override
  public String name() {
    return "assist";
  }

  @Override
  public String purpose() {
    return "inference by a server, whole and from a cut, against ONNX Runtime in process";
  }

  @Override
  public void run(Request request) throws Exception {
    int pairs = request.runs() > 0 ? request.runs() : PAIRS;
    try (Workbench bench = Workbench.open(name())) {
      if (request.model().isPresent()) {
        Subject subject = Subjects.users(request.model().get());
        new AssistCase(bench, request, subject, subject.name(), pairs, Duration.ofMillis(200))
            .run();
        return;
      }
      Subject shapes = Subjects.singleShapes(bench.fresh("shapes")).withoutSamples();
      new AssistCase(bench, request, shapes, "shapes-32", pairs, Duration.ofMillis(50)).run();
      Subject large = Subjects.resnet18(224).withoutSamples();
      new AssistCase(bench, request, large, "resnet18-224", pairs, Duration.ofMillis(250)).run();
    }
  }
}
