package dev.insitu.forge;

import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Manifest;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Chooses which prefixes of the canonical order are measured: the base, then about evenly spaced in bits, and the whole. */
final class ProfilePoints {

  private static final double STEP_BITS = 0.5;
  private static final double MOST_BITS = 8;

  private ProfilePoints() {}

  /** Numbers of chunks, ascending; the last is all. */
  static List<Integer> choose(Manifest manifest) {
    List<ChunkSpec> chunks = manifest.chunks();
    long weights = Math.max(1, manifest.weightCount());
    SortedSet<Integer> points = new TreeSet<>();
    long bytes = 0;
    double next = 0;
    for (int i = 0; i < chunks.size(); i++) {
      bytes += chunks.get(i).size();
      boolean baseComplete = i + 1 == chunks.size() || chunks.get(i + 1).group() > 0;
      boolean runnable = chunks.get(i).group() > 0 || baseComplete;
      double bits = 8.0 * bytes / weights;
      if (runnable && bits >= next && bits <= MOST_BITS) {
        points.add(i + 1);
        next = bits + STEP_BITS * 0.9;
      }
    }
    points.add(chunks.size());
    return new ArrayList<>(points);
  }
}
