package dev.insitu.benchmarks.scenarios;

import dev.insitu.cli.Scenario;
import dev.insitu.cli.Scenario.Row;

/**
 * {@code insitu bench grid}: a hundred sub-models of one package, all depths times widths times
 * bits: what the library stores, how long the server plans and begins to send, how fast plain ONNX
 * files are written, beside making each anew.
 */
public final class Grid implements Scenario {

  private static final int SUB_MODELS = 100;
  private static final int ROUNDS = 3;

  @Override
  public String name() {
    return "grid";
  }

  @Override
  public String purpose() {
    return "100 sub-models of one package: bytes stored, time to plan and stream, plain-ONNX export";
  }

  @Override
  public void run(Request request) throws Exception {
    int rounds = request.runs() > 0 ? request.runs() : ROUNDS;
    try (Workbench bench = Workbench.open(name())) {
      Subject subject =
          request.model().isPresent()
              ? Subjects.users(request.model().get())
              : Subjects.resnet18(32);
      try (Depot depot = new Depot(bench)) {
        GridPackage grid = GridPackage.make(bench, depot, subject, SUB_MODELS, request.seed());
        report(bench, depot, grid, request, rounds);
      }
    }
  }

  private static void report(
      Workbench bench, Depot depot, GridPackage grid, Request request, int rounds)
      throws Exception {
    request.notes().accept(grid.described());
    GridExports exports = new GridExports(bench, grid, depot);
    double difference = exports.check(request.seed());
    for (Row row : new GridPlans(grid, depot).rows(rounds)) {
      request.rows().accept(row);
    }
    GridAnew anew = GridAnew.measure(bench, grid, exports);
    request.rows().accept(exports.row(rounds, difference, anew));
    request.rows().accept(GridStore.row(grid, depot, anew));
  }
}
