package dev.insitu.planner;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds the candidate whose excesses over all limits, each as a share, are least in sum: branch and
 * bound over halves, bounded by the costs at a half's start and the worth at its end. One use.
 */
final class LeastExcess {

  private final Limits limits;
  private double least = Double.POSITIVE_INFINITY;
  private @Nullable Candidate found;

  LeastExcess(Limits limits) {
    this.limits = limits;
  }

  Optional<Candidate> found() {
    return Optional.ofNullable(found);
  }

  void search(Family family, int from, int to) {
    if (!limits.comesToAnEnd(family, from)) {
      return; // nor does any longer prefix
    }
    double bound = bound(family, from, to);
    if (bound >= least) {
      return;
    }
    if (from == to) {
      least = bound;
      found = new Candidate(family, from);
      return;
    }
    int middle = (from + to) >>> 1;
    search(family, from, middle);
    search(family, middle + 1, to);
  }

  private double bound(Family family, int from, int to) {
    double sum = 0;
    for (Limit limit : limits.set()) {
      int best = limit.kind() == Limit.Kind.FLOOR ? to : from;
      sum += limits.excess(limit, limits.taken(limit, family, best));
    }
    return sum;
  }
}
