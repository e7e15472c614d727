package dev.insitu.benchmarks.scenarios;

import dev.insitu.cli.Scenario;
import java.io.IOException;

/**
 * {@code insitu bench running}: what it costs to run a model in segments instead of as one session:
 * while it is streamed, and once its segments are joined.
 */
public final class Running implements Scenario {

  private static final int PAIRS = 200;

  @Override
  public String name() {
    return "running";
  }

  @Override
  public String purpose() {
    return "segments and the fused session, against one session of the ONNX file";
  }

  @Override
  public void run(Request request) throws Exception {
    int pairs = request.runs() > 0 ? request.runs() : PAIRS;
    try (Workbench bench = Workbench.open(name())) {
      if (request.model().isPresent()) {
        Subject subject = Subjects.users(request.model().get());
        new RunningCase(bench, request, subject, subject.name(), pairs).run();
        return;
      }
      run(bench, request, Subjects.resnet18(224), "resnet18-224", pairs);
      run(bench, request, Subjects.resnet18(32), "resnet18-32", pairs);
      Subject shapes = Subjects.singleShapes(bench.fresh("shapes"));
      run(bench, request, shapes, "shapes-32", pairs);
    }
  }

  private static void run(
      Workbench bench, Request request, Subject subject, String label, int pairs)
      throws IOException {
    new RunningCase(bench, request, subject.withoutSamples(), label, pairs).run();
  }
}
