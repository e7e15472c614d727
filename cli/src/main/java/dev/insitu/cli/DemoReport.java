package dev.insitu.cli;

import dev.insitu.forge.Forge;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All results of the demo, as a table or as data. */
record DemoReport(
    Forge.Result packed,
    List<DemoPull.Result> devices,
    DemoUpgrade.Result upgrade,
    DemoVersions.Result swap,
    DemoChecks checks,
    double seconds) {

  void print(Console console) {
    if (console.json()) {
      console.printJson(object());
      return;
    }
    console.print("");
    console.print(
        "%-12s  %13s  %8s  %10s  %8s  %22s",
        "link", "first answer", "then", "complete", "then", "ONNX file alone takes");
    for (DemoPull.Result row : devices) {
      console.print(
          "%-12s  %11.2f s  %6.1f %%  %8.1f s  %6.1f %%  %20.1f s",
          row.link(),
          row.firstAnswerSeconds(),
          100 * row.firstScore(),
          row.completeSeconds(),
          100 * row.finalScore(),
          row.onnxFileSeconds());
    }
    console.print("");
    console.print(
        "Upgrade from 4 bits to the whole: %s fetched on top of %s held; %.1f %% became %.1f %%.",
        Sizes.format(upgrade.fetchedBytes()),
        Sizes.format(upgrade.heldBytes()),
        100 * upgrade.scoreBefore(),
        100 * upgrade.scoreAfter());
    console.print(
        "Swap under load: %d answers, %d failures; the new version cost %s of %s.",
        swap.answers(),
        swap.failures(),
        Sizes.format(swap.updateBytes()),
        Sizes.format(swap.packageBytes()));
    console.print("");
    for (DemoChecks.Check check : checks.results()) {
      console.print("%s %s (%s)", check.held() ? "✓" : "✗", check.claim(), check.figure());
    }
    console.print("%s in %.1f s.", checks.allHeld() ? "All held" : "Not all held", seconds);
  }

  private Map<String, Object> object() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("model", packed.manifest().name());
    all.put("profile", ProfileTable.json(packed.profile()));
    all.put("devices", devices);
    all.put("upgrade", upgrade);
    all.put("swap", swap);
    all.put("checks", checks.results());
    all.put("seconds", seconds);
    all.put("ok", checks.allHeld());
    return all;
  }
}
