package dev.insitu.cli;

import dev.insitu.elastic.plan.Grid;
import dev.insitu.elastic.plan.ModelCost;
import dev.insitu.elastic.plan.Prediction;
import dev.insitu.elastic.plan.Profile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The sub-models that are worth their bytes, as a table, and all models as data. */
final class FrontTable {

  private FrontTable() {}

  static String text(Front front, Profile profile) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%10s  %11s  %5s  %5s  %8s  %9s  %8s  %9s",
            "bytes",
            "bits/weight",
            "depth",
            "width",
            "MMACs",
            "memory",
            "latency",
            front.valueName()));
    for (Front.Entry entry : front.best()) {
      Grid.Model model = entry.model();
      Optional<ModelCost> cost = model.cost();
      text.append(
          String.format(
              Locale.ROOT,
              "%n%10s  %11s  %5s  %5.3g  %8s  %9s  %8s  %7.1f %%",
              Sizes.format(entry.point().bytes()),
              Sizes.bits(entry.point().bitsPerWeight()),
              model.depth().isPresent() ? model.depth().getAsInt() : "all",
              model.width(),
              cost.map(some -> String.format(Locale.ROOT, "%.1f", some.macs() / 1e6)).orElse("-"),
              cost.map(some -> Sizes.format(some.memoryBytes())).orElse("-"),
              cost.map(FrontTable::latency).orElse("-"),
              100 * entry.value()));
    }
    Prediction.Deviation error = Grid.of(profile).predictionError();
    if (error.points() > 0) {
      text.append(
          String.format(
              Locale.ROOT,
              "%nbetween measured points agreement is predicted (%s): off by %.2f points in the mean, %.2f at most, over %d that were left out",
              Prediction.METHOD,
              100 * error.mean(),
              100 * error.largest(),
              error.points()));
    }
    return text.toString();
  }

  private static String latency(ModelCost cost) {
    return cost.latencySeconds().isEmpty()
        ? "-"
        : String.format(Locale.ROOT, "%.2f ms", 1000 * cost.latencySeconds().getAsDouble());
  }

  /** The front: where each of its sub-models stands. */
  static List<Map<String, Object>> json(Front front) {
    return front.best().stream()
        .map(entry -> {
          Map<String, Object> object = model(entry.model());
          object.putAll(ProfileTable.json(entry.point()));
          return object;
        })
        .toList();
  }

  /** All models by depth and width, with their costs and points. */
  static List<Map<String, Object>> json(Grid grid) {
    return grid.models().stream()
        .map(model -> {
          Map<String, Object> object = model(model);
          model.cost().ifPresent(cost -> putCost(cost, object));
          object.put("points", ProfileTable.json(model.points()));
          return object;
        })
        .toList();
  }

  private static Map<String, Object> model(Grid.Model model) {
    Map<String, Object> object = new LinkedHashMap<>();
    model.depth().ifPresent(depth -> object.put("depth", depth));
    object.put("width", model.width());
    return object;
  }

  private static void putCost(ModelCost cost, Map<String, Object> object) {
    object.put("macs", cost.macs());
    object.put("memoryBytes", cost.memoryBytes());
    cost.latencySeconds().ifPresent(seconds -> object.put("latencySeconds", seconds));
  }

  /** How well is predicted between points. */
  static Map<String, Object> json(Prediction.Deviation error) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("method", Prediction.METHOD);
    object.put("heldOutPoints", error.points());
    object.put("meanError", error.mean());
    object.put("largestError", error.largest());
    return object;
  }
}
