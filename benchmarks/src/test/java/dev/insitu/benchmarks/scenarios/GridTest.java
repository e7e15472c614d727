package dev.insitu.benchmarks.scenarios;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.cli.Scenario.Row;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

class GridTest {

  private static final int COUNT = 100;

  @Test
  void aHundredSubModelsOfOnePackageAnswerAsTheirFilesDo() throws Exception {
    try (Workbench bench = Workbench.open("test");
        Depot depot = new Depot(bench)) {
      Subject shapes = Subjects.singleShapes(bench.fresh("shapes"));
      GridPackage grid = GridPackage.make(bench, depot, shapes, COUNT, 1);
      assertTrue(grid.models().size() >= COUNT, grid.described());
      assertEquals(
          grid.models().size(), grid.models().stream().map(GridModel::label).distinct().count());
      GridExports exports = new GridExports(bench, grid, depot);
      assertTrue(exports.check(1) <= Answers.SAME);
      GridAnew anew = GridAnew.measure(bench, grid, exports);
      Row stored = GridStore.row(grid, depot, anew);
      assertTrue(stored.ours() >= Files.size(grid.file()), "the package is in the library");
      assertTrue(stored.ours() < anew.zstdBytes() && anew.zstdBytes() < anew.storedBytes());
    }
  }

  @Test
  void everyStreamHasTheBytesOfItsPlan() throws Exception {
    try (Workbench bench = Workbench.open("test");
        Depot depot = new Depot(bench)) {
      Subject shapes = Subjects.singleShapes(bench.fresh("shapes"));
      GridPackage grid = GridPackage.make(bench, depot, shapes, 1, 1);
      List<Row> rows = new GridPlans(grid, depot).rows(1);
      assertEquals(3, rows.size());
      assertTrue(rows.getFirst().ok(), "bytes as planned: " + rows);
    }
  }
}
