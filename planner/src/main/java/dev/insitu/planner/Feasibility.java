package dev.insitu.planner;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Which prefixes of each family keep which limit. Along a family every cost but worth never falls
 * and memory and latency stay, so each limit leaves an interval, found by bisection; and leaving a
 * limit out needs no cost anew.
 */
final class Feasibility {

  private static final List<Limit> RISING =
      Arrays.stream(Limit.values()).filter(limit -> limit.kind() == Limit.Kind.RISING).toList();
  private static final List<Limit> LEVEL =
      Arrays.stream(Limit.values()).filter(limit -> limit.kind() == Limit.Kind.LEVEL).toList();

  private final List<Family> families;
  private final Limits limits;
  private final int[][] last; // by rising limit and family: the last prefix that keeps it
  private final boolean[][] kept; // by level limit and family
  private final int[] lowest; // by family: the first prefix at the accuracy floor

  Feasibility(List<Family> families, Limits limits) {
    this.families = families;
    this.limits = limits;
    this.last = new int[RISING.size()][families.size()];
    this.kept = new boolean[LEVEL.size()][families.size()];
    this.lowest = new int[families.size()];
    for (int f = 0; f < families.size(); f++) {
      fill(f);
    }
  }

  private void fill(int f) {
    Family family = families.get(f);
    for (int i = 0; i < RISING.size(); i++) {
      last[i][f] = lastKeeping(RISING.get(i), family);
    }
    for (int i = 0; i < LEVEL.size(); i++) {
      kept[i][f] = limits.keeps(LEVEL.get(i), family, family.first());
    }
    int end = family.last();
    double floor = limits.allowed(Limit.ACCURACY);
    int reaching = family.firstReaching(floor, end);
    lowest[f] = family.worth(reaching) >= floor ? reaching : family.last() + 1;
  }

  private int lastKeeping(Limit limit, Family family) {
    int from = family.first() - 1;
    int to = family.last();
    if (limits.keeps(limit, family, to)) {
      return to;
    }
    while (from < to) { // from keeps it, or is before the first; to + 1 does not
      int middle = (from + to + 1) >>> 1;
      if (limits.keeps(limit, family, middle)) {
        from = middle;
      } else {
        to = middle - 1;
      }
    }
    return from;
  }

  /**
   * The candidates that keep all limits but some.
   *
   * @param without the limits that need not be kept
   */
  List<Span> within(Set<Limit> without) {
    List<Span> spans = new ArrayList<>();
    for (int f = 0; f < families.size(); f++) {
      Family family = families.get(f);
      int from = without.contains(Limit.ACCURACY) ? family.first() : lowest[f];
      int to = family.last();
      for (int i = 0; i < last.length; i++) {
        to = without.contains(RISING.get(i)) ? to : Math.min(to, last[i][f]);
      }
      for (int i = 0; i < kept.length; i++) {
        to = without.contains(LEVEL.get(i)) || kept[i][f] ? to : -1;
      }
      if (from <= to) {
        spans.add(new Span(family, from, to));
      }
    }
    return spans;
  }
}
