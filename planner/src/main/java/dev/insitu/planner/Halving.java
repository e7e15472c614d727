package dev.insitu.planner;

import dev.insitu.elastic.plan.Objective.Weighted;
import java.util.List;

/** Finds the highest score by halving spans; one use each. */
final class Halving {

  private final Costs costs;
  private final Weighted weights;
  private double highest = Double.NEGATIVE_INFINITY;
  private Candidate found;

  private Halving(Costs costs, Weighted weights, Candidate found) {
    this.costs = costs;
    this.weights = weights;
    this.found = found;
  }

  /**
   * The candidate of the highest score.
   *
   * @param spans at least one
   */
  static Candidate best(Costs costs, Weighted weights, List<Span> spans) {
    Span first = spans.getFirst();
    return new Halving(costs, weights, new Candidate(first.family(), first.from())).best(spans);
  }

  private Candidate best(List<Span> spans) {
    for (Span span : spans) {
      search(span.family(), span.from(), span.to());
    }
    return found;
  }

  private void search(Family family, int from, int to) {
    double bound = worth(family, to) - cost(costs, weights, family, from);
    if (bound <= highest) {
      return;
    }
    if (from == to) {
      highest = bound;
      found = new Candidate(family, from);
      return;
    }
    int middle = (from + to) >>> 1;
    search(family, middle + 1, to); // most often the better half
    search(family, from, middle);
  }

  private double worth(Family family, int prefix) {
    return weights.accuracy() * family.worth(prefix);
  }

  static double score(Costs costs, Weighted weights, Family family, int prefix) {
    return weights.accuracy() * family.worth(prefix) - cost(costs, weights, family, prefix);
  }

  private static double cost(Costs costs, Weighted weights, Family family, int prefix) {
    double cost = weights.kilobyte() * costs.bytes(family, prefix) / 1000;
    if (weights.firstAnswerSecond() > 0) {
      cost += weights.firstAnswerSecond() * costs.firstAnswer(family, prefix);
    }
    return weights.second() > 0 ? cost + weights.second() * costs.time(family, prefix) : cost;
  }
}
