package dev.insitu.cli;

import dev.insitu.planner.Decided;
import dev.insitu.planner.Decision.Chosen;
import dev.insitu.planner.Limit;
import dev.insitu.planner.Order;
import dev.insitu.planner.PlannedModel;
import dev.insitu.planner.PlannedModel.Accuracy;
import dev.insitu.planner.PlannedModel.Division;
import dev.insitu.planner.PlannedModel.Expected;
import dev.insitu.planner.Worth;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Plans in words. */
final class PlanText {

  private PlanText() {}

  /** What the plan is, what it costs, what it is worth, and what it could not weigh. */
  static String of(Decided decided, Chosen chosen) {
    PlannedModel plan = chosen.plan();
    Expected expected = plan.expected();
    List<String> lines = new ArrayList<>();
    lines.add(decided.model() + ":" + decided.version() + "  " + model(decided, plan));
    lines.add("             " + way(decided, plan));
    lines.add(
        format(
            "comes down   %s, of which the manifest %s",
            Sizes.format(expected.downBytes()), Sizes.format(expected.manifestBytes())));
    plan.division()
        .ifPresent(division ->
            lines.add(
                format(
                    "goes up      %s with each inference, %d bits a value",
                    Sizes.format(Math.round(division.upBytes())), division.bits())));
    lines.add(
        format(
            "first answer after %s%s",
            seconds(expected.firstAnswerSeconds()), accuracy(", ", expected.firstAccuracy())));
    plan.help().ifPresent(help -> lines.add(helped(plan, help)));
    lines.add(
        format(
            "all there    after %s%s",
            seconds(expected.arrivalSeconds()), accuracy(", ", expected.accuracy())));
    lines.add(
        format(
            "then         %s an inference; %s on disk, %s in memory",
            seconds(expected.latencySeconds()),
            Sizes.format(expected.storageBytes()),
            Sizes.format(expected.memoryBytes())));
    chosen.reasons().notes().forEach(note -> lines.add("note         " + note));
    return String.join(System.lineSeparator(), lines);
  }

  /** What the server does until the device answers by itself. */
  private static String helped(PlannedModel plan, Division help) {
    return format(
        "by itself    after %s; until then the server answers: %s go up, %s each",
        seconds(plan.steps().getLast().endSeconds()),
        help.before() == 0 ? "inputs" : "features behind segment " + (help.before() - 1),
        Sizes.format(Math.round(help.upBytes())));
  }

  /** Which sub-model: its depth and width, and how much of its chunks. */
  static String model(Decided decided, PlannedModel plan) {
    int all = decided.segments();
    if (plan.depth() == 0) {
      return "all " + all + " segments on the server";
    }
    String depth =
        plan.depth() == all
            ? "all " + all + " segments"
            : format("the first %d of %d segments", plan.depth(), all);
    String rest =
        plan.division().isPresent()
            ? ", the rest on the server"
            : plan.exit().isPresent() ? " and an exit" : "";
    String help = plan.help().isPresent() ? ", helped by the server at first" : "";
    String width = plan.width() < 1 ? format(", width %.3g", plan.width()) : "";
    return depth + rest + help + width + ", " + share(decided, plan.prefix()) + " of the chunks";
  }

  /** How it comes. */
  static String way(Decided decided, PlannedModel plan) {
    if (plan.depth() == 0) {
      return "nothing comes down, inputs go up";
    }
    String order =
        plan.order() == Order.LAYER_MAJOR
            ? "segment by segment, each with all its planes"
            : share(decided, plan.starterPrefix()) + " segment by segment, then refined";
    return order + (plan.fused() ? ", fused when all is there" : "");
  }

  /** How far along the canonical order a prefix goes. */
  private static String share(Decided decided, int prefix) {
    return prefix == 0
        ? "the base"
        : format("the first %.0f %%", 100.0 * prefix / decided.chunks());
  }

  /** An accuracy with its interval; nothing if it is not known. */
  static String accuracy(String before, Accuracy accuracy) {
    if (accuracy.worth() == Worth.UNMEASURED) {
      return "";
    }
    return format(
        "%s%.1f %% [%.1f, %.1f] %s",
        before,
        100 * accuracy.value(),
        100 * accuracy.low(),
        100 * accuracy.high(),
        accuracy.worth() == Worth.ACCURACY ? "accuracy" : "agreement");
  }

  /** A time with three digits. */
  static String seconds(double seconds) {
    if (seconds < 0.9995e-3) {
      return format("%.3g µs", 1e6 * seconds);
    }
    return seconds < 0.9995 ? format("%.3g ms", 1e3 * seconds) : format("%.3g s", seconds);
  }

  /** A value of a limit. */
  static String value(Limit limit, double value) {
    return switch (limit) {
      case STORAGE, BYTES, MEMORY -> Sizes.format((long) Math.ceil(value));
      case ENERGY -> format("%.3g J", value);
      case FIRST_ANSWER, LATENCY -> seconds(value);
      case ACCURACY -> format("%.1f %%", 100 * value);
      case PRECISION -> value > 0 ? "float32" : "no float32";
      case PRIVACY -> value == 0 ? "nothing" : value == 1 ? "features" : "inputs";
    };
  }

  static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
