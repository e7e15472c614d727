package dev.insitu.benchmarks.scenarios;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.cli.Scenario;
import dev.insitu.cli.Scenario.Request;
import dev.insitu.cli.Scenario.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScenariosTest {

  private static List<Scenario> all() {
    return ServiceLoader.load(Scenario.class).stream().map(ServiceLoader.Provider::get).toList();
  }

  @Test
  void everyScenarioIsFoundByItsName() {
    List<String> names = all().stream().map(Scenario::name).toList();
    assertTrue(
        names.containsAll(
            List.of(
                "first-answer", "running", "resume", "swap", "upgrade", "codec", "grid", "plan")),
        names.toString());
    assertEquals(names.size(), names.stream().distinct().count());
  }

  @Test
  void anUpgradeCostsExactlyTheMissingChunks() throws Exception {
    List<Row> rows = new ArrayList<>();
    Request request = new Request(Optional.empty(), 1, 1, false, Set.of(), rows::add, note -> {});
    try (Workbench bench = Workbench.open("test")) {
      Subject shapes = Subjects.singleShapes(bench.fresh("shapes")).withoutSamples();
      new SubModelUpgrades(bench, request, shapes).run();
    }
    assertEquals(3, rows.size());
    assertTrue(rows.stream().allMatch(Row::ok), rows.toString());
  }
}
