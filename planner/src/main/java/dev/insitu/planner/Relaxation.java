package dev.insitu.planner;

import dev.insitu.planner.Decision.Conflict;
import dev.insitu.planner.Decision.Infeasible;
import dev.insitu.planner.Decision.Nearest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What stands in the way if no candidate keeps all limits, and what would do. */
final class Relaxation {

  private final List<Family> families;
  private final Limits limits;
  private final Feasibility feasibility;
  private final Search search;
  private final Describer describer;

  Relaxation(
      List<Family> families,
      Limits limits,
      Feasibility feasibility,
      Search search,
      Describer describer) {
    this.families = families;
    this.limits = limits;
    this.feasibility = feasibility;
    this.search = search;
    this.describer = describer;
  }

  Infeasible infeasible() {
    List<Nearest> single = new ArrayList<>();
    for (Limit limit : limits.set()) {
      nearest(limit).ifPresent(single::add);
    }
    if (!single.isEmpty()) {
      single.sort(Comparator.comparingDouble(one -> excess(one.moved().getFirst())));
      List<Conflict> conflicts = single.stream().flatMap(one -> one.moved().stream()).toList();
      return new Infeasible(conflicts, single);
    }
    return nearestOfAll()
        .map(this::nearestTo)
        .map(nearest -> new Infeasible(nearest.moved(), List.of(nearest)))
        .orElseGet(() -> new Infeasible(List.of(), List.of()));
  }

  /** The plan that keeps all other limits and goes beyond this one as little as it can. */
  private Optional<Nearest> nearest(Limit limit) {
    List<Span> spans = feasibility.within(Set.of(limit));
    return best(limit, spans)
        .flatMap(value -> search.best(attaining(limit, value, spans)))
        .filter(limits::comesToAnEnd)
        .map(this::nearestTo);
  }

  /** What is best of a limit in some spans. */
  private Optional<Double> best(Limit limit, List<Span> spans) {
    boolean floor = limit.kind() == Limit.Kind.FLOOR;
    Comparator<Double> better = floor ? Comparator.reverseOrder() : Comparator.naturalOrder();
    return spans.stream()
        .map(span -> limits.taken(limit, span.family(), floor ? span.to() : span.from()))
        .min(better);
  }

  private List<Span> attaining(Limit limit, double value, List<Span> spans) {
    boolean floor = limit.kind() == Limit.Kind.FLOOR;
    List<Span> left = new ArrayList<>();
    for (Span span : spans) {
      if (limits.taken(limit, span.family(), floor ? span.to() : span.from()) == value) {
        int from = floor ? span.family().firstReaching(value, span.to()) : span.from();
        int end = floor ? span.to() : lastTaking(limit, value, span);
        left.add(new Span(span.family(), Math.max(from, span.from()), end));
      }
    }
    return left;
  }

  private int lastTaking(Limit limit, double value, Span span) {
    int from = span.from();
    int to = span.to();
    while (from < to) {
      int middle = (from + to + 1) >>> 1;
      if (limits.taken(limit, span.family(), middle) <= value) {
        from = middle;
      } else {
        to = middle - 1;
      }
    }
    return from;
  }

  /** The candidate that goes beyond the limits by the least share in all. */
  private Optional<Candidate> nearestOfAll() {
    LeastExcess least = new LeastExcess(limits);
    families.forEach(family -> least.search(family, family.first(), family.last()));
    return least.found();
  }

  private Nearest nearestTo(Candidate candidate) {
    List<Conflict> moved = new ArrayList<>();
    for (Limit limit : limits.set()) {
      if (!limits.keeps(limit, candidate.family(), candidate.prefix())) {
        moved.add(conflict(limit, limits.taken(limit, candidate.family(), candidate.prefix())));
      }
    }
    return new Nearest(moved, describer.describe(candidate));
  }

  private Conflict conflict(Limit limit, double needed) {
    List<Span> all = families.stream().map(Relaxation::whole).toList();
    return new Conflict(limit, limits.allowed(limit), needed, best(limit, all).orElseThrow());
  }

  private static Span whole(Family family) {
    return new Span(family, family.first(), family.last());
  }

  private double excess(Conflict conflict) {
    return limits.excess(conflict.limit(), conflict.needed());
  }
}
