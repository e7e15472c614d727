package dev.insitu.planner;

import dev.insitu.elastic.plan.Goal;
import dev.insitu.elastic.plan.Objective;
import dev.insitu.elastic.plan.Objective.InOrder;
import dev.insitu.elastic.plan.Objective.Weighted;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The best of all candidates in some spans; exact.
 *
 * <p>Goals in order: along a span every cost is least at its start and worth is greatest at its
 * end, so a goal's optimum is among the ends; then each span is cut to what attains it, and the
 * next goal goes on with what is left. Costs that are apart by a billionth count as equal. Weights:
 * branch and bound over halves of the spans, bounded by the worth at a half's end and the costs at
 * its start (the idea of Land and Doig, 1960). Of equals the first in the order of the families and
 * prefixes.
 */
final class Search {

  private static final double SAME = 1 + 1e-9; // costs that are apart by rounding only

  private final Costs costs;
  private final Objective objective;

  Search(Costs costs, Objective objective) {
    this.costs = costs;
    this.objective = objective;
  }

  /** The best; empty if there are no spans. */
  Optional<Candidate> best(List<Span> spans) {
    if (spans.isEmpty()) {
      return Optional.empty();
    }
    if (objective instanceof Weighted weighted) {
      return Optional.of(Halving.best(costs, weighted, spans));
    }
    List<Span> left = spans;
    InOrder order = (InOrder) objective;
    for (Goal goal : order.goals()) {
      left = goal == Goal.ACCURACY ? mostWorth(left, order.accuracyTolerance()) : least(left, goal);
    }
    return Optional.of(new Candidate(left.getFirst().family(), left.getFirst().from()));
  }

  private static List<Span> mostWorth(List<Span> spans, double tolerance) {
    double most = Double.NEGATIVE_INFINITY;
    for (Span span : spans) {
      most = Math.max(most, span.family().worth(span.to()));
    }
    List<Span> left = new ArrayList<>();
    for (Span span : spans) {
      if (span.family().worth(span.to()) >= most - tolerance) {
        int from = span.family().firstReaching(most - tolerance, span.to());
        left.add(new Span(span.family(), Math.max(from, span.from()), span.to()));
      }
    }
    return left;
  }

  private List<Span> least(List<Span> spans, Goal goal) {
    double[] values = new double[spans.size()];
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < values.length; i++) {
      values[i] = cost(goal, spans.get(i).family(), spans.get(i).from());
      least = Math.min(least, values[i]);
    }
    double most = least * SAME;
    List<Span> left = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      if (values[i] <= most) {
        left.add(cut(spans.get(i), goal, most));
      }
    }
    return left;
  }

  /** The start of a span as far as a cost goes. */
  private Span cut(Span span, Goal goal, double most) {
    int from = span.from();
    int to = span.to();
    while (from < to) {
      int middle = (from + to + 1) >>> 1;
      if (cost(goal, span.family(), middle) <= most) {
        from = middle;
      } else {
        to = middle - 1;
      }
    }
    return new Span(span.family(), span.from(), from);
  }

  private double cost(Goal goal, Family family, int prefix) {
    return switch (goal) {
      case ACCURACY -> -family.worth(prefix);
      case FIRST_ANSWER -> costs.firstAnswer(family, prefix);
      case TIME -> costs.time(family, prefix);
      case BYTES -> costs.bytes(family, prefix);
    };
  }

  /** Whether a candidate is better than another: by the first goal in which they are apart. */
  boolean isBetter(Candidate one, Candidate other) {
    return switch (objective) {
      case Weighted weighted -> score(weighted, one) > score(weighted, other);
      case InOrder order -> isBetter(order, one, other);
    };
  }

  private double score(Weighted weighted, Candidate candidate) {
    return Halving.score(costs, weighted, candidate.family(), candidate.prefix());
  }

  private boolean isBetter(InOrder order, Candidate one, Candidate other) {
    for (Goal goal : order.goals()) {
      double cost = cost(goal, one.family(), one.prefix());
      double than = cost(goal, other.family(), other.prefix());
      double tolerance = goal == Goal.ACCURACY ? order.accuracyTolerance() : 0;
      if (Math.abs(cost - than) > tolerance + Math.abs(than) * (SAME - 1)) {
        return cost < than;
      }
    }
    return false;
  }
}
