package dev.insitu.cli;

import dev.insitu.planner.Decision.Bound;
import dev.insitu.planner.Decision.Chosen;
import dev.insitu.planner.Decision.Conflict;
import dev.insitu.planner.Decision.Infeasible;
import dev.insitu.planner.PlannedModel;
import dev.insitu.planner.PlannedModel.Accuracy;
import dev.insitu.planner.PlannedModel.Division;
import dev.insitu.planner.PlannedModel.Expected;
import dev.insitu.planner.PlannedModel.Step;
import dev.insitu.planner.Worth;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Decisions as data. */
final class DecisionJson {

  private DecisionJson() {}

  static Map<String, Object> of(PlanningMixin.Made made, Chosen chosen) {
    Map<String, Object> object = head(made, true);
    object.put("plan", plan(chosen.plan()));
    object.put(
        "chunks",
        made.grid().chunks(chosen.plan(), made.start().have()).stream()
            .map(range -> List.of(range.from(), range.to()))
            .toList());
    object.put("limits", chosen.reasons().limits().stream().map(DecisionJson::bound).toList());
    object.put(
        "alternatives", chosen.reasons().alternatives().stream().map(DecisionJson::plan).toList());
    object.put("notes", chosen.reasons().notes());
    return object;
  }

  static Map<String, Object> of(PlanningMixin.Made made, Infeasible none) {
    Map<String, Object> object = head(made, false);
    object.put("conflicts", none.conflicts().stream().map(DecisionJson::conflict).toList());
    object.put(
        "nearest",
        none.nearest().stream()
            .map(nearest -> {
              Map<String, Object> one = new LinkedHashMap<>();
              one.put("moved", nearest.moved().stream().map(DecisionJson::conflict).toList());
              one.put("plan", plan(nearest.plan()));
              return one;
            })
            .toList());
    return object;
  }

  private static Map<String, Object> head(PlanningMixin.Made made, boolean feasible) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("model", made.manifest().name());
    object.put("version", made.manifest().header().version());
    object.put("gridPoints", made.grid().points());
    object.put("feasible", feasible);
    return object;
  }

  private static Map<String, Object> plan(PlannedModel plan) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("width", plan.width());
    object.put("depth", plan.depth());
    plan.exit().ifPresent(after -> object.put("exitAfter", after));
    plan.division().ifPresent(division -> object.put("division", division(division)));
    object.put("prefixChunks", plan.prefix());
    object.put("starterPrefixChunks", plan.starterPrefix());
    object.put("order", plan.order().name().toLowerCase(Locale.ROOT));
    object.put("fused", plan.fused());
    putExpected(plan.expected(), object);
    object.put("steps", plan.steps().stream().map(DecisionJson::step).toList());
    return object;
  }

  private static Map<String, Object> division(Division division) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("beforeSegment", division.before());
    object.put("bits", division.bits());
    object.put("upBytes", division.upBytes());
    return object;
  }

  private static void putExpected(Expected expected, Map<String, Object> object) {
    object.put("manifestBytes", expected.manifestBytes());
    object.put("chunkBytes", expected.chunkBytes());
    object.put("totalBytes", expected.totalBytes());
    object.put("contentSeconds", expected.contentSeconds());
    object.put("firstAnswerSeconds", expected.firstAnswerSeconds());
    object.put("arrivalSeconds", expected.arrivalSeconds());
    object.put("latencySeconds", expected.latencySeconds());
    object.put("timeSeconds", expected.timeSeconds());
    object.put("joules", expected.joules());
    object.put("storageBytes", expected.storageBytes());
    object.put("memoryBytes", expected.memoryBytes());
    if (expected.accuracy().worth() != Worth.UNMEASURED) {
      object.put("accuracy", accuracy(expected.accuracy()));
      object.put("firstAccuracy", accuracy(expected.firstAccuracy()));
    }
  }

  private static Map<String, Object> accuracy(Accuracy accuracy) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("of", accuracy.worth().name().toLowerCase(Locale.ROOT));
    object.put("value", accuracy.value());
    object.put("low", accuracy.low());
    object.put("high", accuracy.high());
    return object;
  }

  private static Map<String, Object> step(Step step) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("segment", step.segment());
    object.put("head", step.head());
    object.put("bytes", step.bytes());
    object.put("arrivalSeconds", step.arrivalSeconds());
    object.put("beginSeconds", step.beginSeconds());
    object.put("endSeconds", step.endSeconds());
    return object;
  }

  private static Map<String, Object> bound(Bound bound) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("limit", bound.limit().field());
    object.put("allowed", bound.allowed());
    object.put("taken", bound.taken());
    object.put("binds", bound.binds());
    bound.without().ifPresent(plan -> object.put("without", plan(plan)));
    return object;
  }

  private static Map<String, Object> conflict(Conflict conflict) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("limit", conflict.limit().field());
    object.put("allowed", conflict.allowed());
    object.put("needed", conflict.needed());
    object.put("alone", conflict.alone());
    object.put("outOfReach", conflict.outOfReach());
    return object;
  }
}
