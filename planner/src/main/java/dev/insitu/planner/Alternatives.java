package dev.insitu.planner;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The next-best plans. One that goes by a model that was taken already counts only if a fifth fewer
 * or more bytes come down.
 */
final class Alternatives {

  private static final int MOST = 3;
  private static final double ALIKE = 0.2;

  private final Costs costs;
  private final Search search;

  Alternatives(Costs costs, Search search) {
    this.costs = costs;
    this.search = search;
  }

  /** Up to three, the best first. */
  List<Candidate> of(Candidate chosen, List<Span> spans) {
    List<Candidate> found = new ArrayList<>();
    List<Span> left = without(chosen, spans);
    for (Optional<Candidate> next = search.best(left);
        next.isPresent() && found.size() < MOST;
        next = search.best(left)) {
      found.add(next.get());
      left = without(next.get(), left);
    }
    return found;
  }

  private List<Span> without(Candidate taken, List<Span> spans) {
    List<Span> left = new ArrayList<>();
    for (Span span : spans) {
      if (span.family().sameModel(taken.family())) {
        double bytes = costs.down(taken.family(), taken.prefix());
        int alike = firstAtLeast(span, bytes * (1 - ALIKE));
        int more = firstAtLeast(span, Math.nextUp(bytes * (1 + ALIKE)));
        if (alike > span.from()) {
          left.add(new Span(span.family(), span.from(), alike - 1));
        }
        if (more <= span.to()) {
          left.add(new Span(span.family(), more, span.to()));
        }
      } else {
        left.add(span);
      }
    }
    return left;
  }

  /** The first prefix of a span with so many bytes; the one after it if none has. */
  private int firstAtLeast(Span span, double bytes) {
    int from = span.from();
    int to = span.to() + 1;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (costs.down(span.family(), middle) >= bytes) {
        to = middle;
      } else {
        from = middle + 1;
      }
    }
    return from;
  }
}
