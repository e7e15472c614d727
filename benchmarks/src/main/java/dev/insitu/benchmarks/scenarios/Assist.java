package dev.insitu.benchmarks.scenarios;

import dev.insitu.cli.Scenario;
import dev.insitu.runtime.OnnxEnvironment;
import java.time.Duration;

/**
 * {@code insitu bench assist}: what it costs that a server computes instead of the process that
 * asks, one request at a time and many at once. Both use the engine as {@code insitu serve} sets it
 * up, its threads not waiting actively.
 *
 * <pre>./insitu bench assist</pre>
 */
public final class Assist implements Scenario {

  private static final int PAIRS = 300;

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
    OnnxEnvironment.configure(Runtime.getRuntime().availableProcessors(), false); // as a server is
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
