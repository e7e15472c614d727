package dev.insitu.cli;

import dev.insitu.planner.Decided;
import dev.insitu.planner.Decision.Bound;
import dev.insitu.planner.Decision.Chosen;
import dev.insitu.planner.Limit;
import dev.insitu.planner.PlannedModel;
import dev.insitu.planner.PlannedModel.Division;
import dev.insitu.planner.PlannedModel.Expected;
import dev.insitu.planner.PlannedModel.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A plan drawn for the terminal. */
final class Explanation {

  private static final int COLUMNS = 56;
  private static final int BAR = 20;

  private Explanation() {}

  static String of(Decided decided, Chosen chosen) {
    List<String> lines = new ArrayList<>();
    lines.add(PlanText.of(decided, chosen));
    lines.add("");
    addTimeline(chosen.plan(), lines);
    addLimits(decided, chosen, lines);
    addAlternatives(decided, chosen, lines);
    return String.join(System.lineSeparator(), lines);
  }

  /** A row for each step: ░ while its chunks arrive, █ while it is made and computes. */
  private static void addTimeline(PlannedModel plan, List<String> lines) {
    List<Step> steps = plan.steps();
    double end =
        plan.help().isPresent()
            ? steps.getLast().endSeconds()
            : plan.expected().firstAnswerSeconds();
    if (!(end > 0)) {
      return;
    }
    lines.add(
        PlanText.format(
            "%8s  %8s  0%" + (COLUMNS - 1) + "s", "segment", "bytes", PlanText.seconds(end)));
    double before = plan.expected().contentSeconds();
    for (Step step : steps) {
      String name = step.head() ? "exit" : Integer.toString(step.segment());
      String bar = bar(before, step.arrivalSeconds(), step.beginSeconds(), step.endSeconds(), end);
      lines.add(PlanText.format("%8s  %8s  %s", name, Sizes.format(step.bytes()), bar));
      before = step.arrivalSeconds();
    }
    Optional<Division> server = plan.division().or(plan::help);
    if (server.isPresent()) {
      int first = server.get().before();
      double from = first == 0 ? 0 : steps.get(first - 1).endSeconds();
      lines.add(PlanText.format("%8s  %8s  %s", "server", "", bar(end, end, from, end, end)));
    }
    lines.add(PlanText.format("%20s░ arriving  █ made and computed", ""));
  }

  private static String bar(double comes, double arrived, double begin, double done, double end) {
    StringBuilder bar = new StringBuilder();
    for (int column = 0; column < COLUMNS; column++) {
      double at = (column + 0.5) / COLUMNS * end;
      char cell = at >= begin && at < done ? '█' : at >= comes && at < arrived ? '░' : ' ';
      bar.append(cell);
    }
    int place = (int) Math.min(COLUMNS - 1, begin / end * COLUMNS);
    if (bar.indexOf("█") < 0 && done > begin) {
      bar.setCharAt(place, '█'); // too short to be seen otherwise
    }
    return bar.toString().stripTrailing();
  }

  private static void addLimits(Decided decided, Chosen chosen, List<String> lines) {
    if (chosen.reasons().limits().isEmpty()) {
      return;
    }
    lines.add("");
    lines.add(PlanText.format("%-18s  %9s  %9s", "limit", "allowed", "taken"));
    for (Bound bound : chosen.reasons().limits()) {
      lines.add(
          PlanText.format(
                  "%-18s  %9s  %9s  %s",
                  bound.limit().field(),
                  PlanText.value(bound.limit(), bound.allowed()),
                  PlanText.value(bound.limit(), bound.taken()),
                  fullness(bound))
              .stripTrailing());
      bound
          .without()
          .ifPresent(plan -> {
            String without = PlanText.format("%-18s  without it: ", "");
            lines.add(without + PlanText.model(decided, plan));
            lines.add(PlanText.format("%-18s  %s", "", differences(plan, chosen.plan())));
          });
    }
  }

  private static String fullness(Bound bound) {
    boolean number = !bound.limit().unit().isEmpty();
    if (!number) {
      return bound.binds() ? "binds" : "";
    }
    double share = bound.allowed() > 0 ? Math.clamp(bound.taken() / bound.allowed(), 0, 1) : 1;
    return PlanText.format(
        "%-" + BAR + "s %3.0f %%%s",
        "▇".repeat((int) Math.round(BAR * share)),
        100 * share,
        bound.binds() ? "  binds" : "");
  }

  private static void addAlternatives(Decided decided, Chosen chosen, List<String> lines) {
    int number = 1;
    for (PlannedModel other : chosen.reasons().alternatives()) {
      lines.add("");
      lines.add(PlanText.format("instead %d  %s", number++, PlanText.model(decided, other)));
      lines.add("           " + PlanText.way(decided, other));
      lines.add("           " + differences(other, chosen.plan()));
    }
  }

  /** What a plan would cost and bring against the chosen one. */
  private static String differences(PlannedModel other, PlannedModel chosen) {
    Expected one = other.expected();
    Expected than = chosen.expected();
    List<String> parts = new ArrayList<>();
    double points = 100 * (one.accuracy().value() - than.accuracy().value());
    if (Math.abs(points) >= 0.05) {
      parts.add(PlanText.format("%+.1f points", points));
    }
    add(parts, "down", Limit.BYTES, (double) one.downBytes() - than.downBytes());
    add(
        parts,
        "to the first answer",
        Limit.FIRST_ANSWER,
        one.firstAnswerSeconds() - than.firstAnswerSeconds());
    add(parts, "an inference", Limit.LATENCY, one.latencySeconds() - than.latencySeconds());
    add(parts, "in memory", Limit.MEMORY, (double) one.memoryBytes() - than.memoryBytes());
    return parts.isEmpty() ? "no difference that counts" : String.join(", ", parts);
  }

  private static void add(List<String> parts, String what, Limit unit, double difference) {
    String value = PlanText.value(unit, Math.abs(difference));
    if (difference != 0 && !value.startsWith("0 ")) {
      parts.add((difference < 0 ? "-" : "+") + value + " " + what);
    }
  }
}
