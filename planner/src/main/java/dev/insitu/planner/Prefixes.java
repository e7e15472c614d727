package dev.insitu.planner;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.plan.Profile;
import java.util.BitSet;
import java.util.Set;
import java.util.TreeSet;

/** Chooses where the prefixes of a width end. */
final class Prefixes {

  /** Most cells of a package's tables: bounds what a hostile package may cost. */
  static final long MOST_CELLS = 4 << 20;

  private Prefixes() {}

  /**
   * After every chunk of the width if those are few, else after the measured ones and others evenly
   * between; the first is empty, the last holds all.
   */
  static int[] of(Manifest view, Profile profile) {
    BitSet used = view.usedChunks();
    int[] ends = used.stream().filter(chunk -> refines(view, chunk)).map(i -> i + 1).toArray();
    long columns =
        (long) view.widths().size() * (2L * view.segments().size() + 2L * view.exits().size());
    int most = Math.clamp(MOST_CELLS / columns, 2, CandidateGrid.MAX_PREFIXES);
    TreeSet<Integer> chosen = new TreeSet<>();
    chosen.add(0);
    chosen.add(view.chunks().size());
    if (ends.length < most - 1) {
      for (int end : ends) {
        chosen.add(end);
      }
      return array(chosen);
    }
    for (Profile.Point point : profile.points(view, view.segments().size())) {
      if (chosen.size() < most / 2) {
        chosen.add(Math.min(point.chunks(), view.chunks().size()));
      }
    }
    int rest = most - chosen.size();
    for (int i = 1; i <= rest; i++) {
      chosen.add(ends[(int) ((long) (ends.length - 1) * i / (rest + 1))]);
    }
    return array(chosen);
  }

  private static boolean refines(Manifest view, int chunk) {
    return view.chunks().get(chunk).group() > 0; // base groups are in every prefix
  }

  private static int[] array(Set<Integer> chosen) {
    return chosen.stream().mapToInt(Integer::intValue).toArray();
  }
}
