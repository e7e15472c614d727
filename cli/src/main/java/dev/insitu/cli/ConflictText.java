package dev.insitu.cli;

import dev.insitu.planner.Decided;
import dev.insitu.planner.Decision.Conflict;
import dev.insitu.planner.Decision.Infeasible;
import dev.insitu.planner.Decision.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** In words, why there is no plan, and what would do. */
final class ConflictText {

  private ConflictText() {}

  static String of(Decided decided, Infeasible none) {
    List<String> lines = new ArrayList<>();
    lines.add(
        decided.model()
            + ":"
            + decided.version()
            + "  no sub-model keeps all limits"
            + (none.conflicts().isEmpty()
                ? "; nothing of it was measured, or nothing comes to an end"
                : ""));
    for (Conflict conflict : none.conflicts()) {
      lines.add(
          PlanText.format(
              "  %-19s %10s given, %10s needed%s",
              conflict.limit().field(),
              PlanText.value(conflict.limit(), conflict.allowed()),
              PlanText.value(conflict.limit(), conflict.needed()),
              conflict.outOfReach() ? "; out of reach even alone" : ""));
    }
    lines.add("");
    for (Nearest nearest : none.nearest()) {
      lines.add("with " + moved(nearest) + ":");
      lines.add("  " + PlanText.model(decided, nearest.plan()));
      lines.add(
          PlanText.format(
              "  %s down, first answer after %s, %s an inference%s",
              Sizes.format(nearest.plan().expected().downBytes()),
              PlanText.seconds(nearest.plan().expected().firstAnswerSeconds()),
              PlanText.seconds(nearest.plan().expected().latencySeconds()),
              PlanText.accuracy(", ", nearest.plan().expected().accuracy())));
    }
    return String.join(System.lineSeparator(), lines);
  }

  private static String moved(Nearest nearest) {
    return nearest.moved().stream()
        .map(conflict ->
            conflict.limit().field() + " " + PlanText.value(conflict.limit(), conflict.needed()))
        .collect(Collectors.joining(" and "));
  }
}
