package dev.insitu.forge;

import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Manifest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Chooses which prefixes of the canonical order are measured: the base, then about evenly spaced in
 * bits, and the whole.
 */
final class ProfilePoints {

  private static final double STEP_BITS = 0.45; // a little less than half a bit
  private static final double MOST_BITS = 8;

  private ProfilePoints() {}

  /** Numbers of chunks, strictly ascending; the last is all. */
  static List<Integer> choose(Manifest manifest) {
    return manifest.isWhole()
        ? choose(manifest.chunks(), manifest.weightCount())
        : chooseUsed(manifest);
  }

  /** Of a narrower width: prefixes that are counted by the chunks it uses. */
  private static List<Integer> chooseUsed(Manifest manifest) {
    int[] used = manifest.usedChunks().stream().toArray();
    List<ChunkSpec> chunks = IntStream.of(used).mapToObj(manifest.chunks()::get).toList();
    return choose(chunks, manifest.weightCount()).stream()
        .map(count -> used[count - 1] + 1)
        .toList();
  }

  /**
   * Numbers of chunks, strictly ascending; the last is all.
   *
   * @param chunks in canonical order: those of group 0 first
   * @param weights whose bits are counted
   */
  static List<Integer> choose(List<ChunkSpec> chunks, long weights) {
    List<Integer> points = new ArrayList<>();
    long bytes = 0;
    double next = 0;
    for (int i = 0; i < chunks.size() - 1; i++) {
      bytes += chunks.get(i).size();
      double bits = 8.0 * bytes / Math.max(1, weights);
      boolean runnable = chunks.get(i + 1).group() > 0; // the whole base is there
      if (runnable && (points.isEmpty() || bits >= next && bits <= MOST_BITS)) {
        points.add(i + 1);
        next = bits + STEP_BITS;
      }
    }
    points.add(chunks.size());
    return points;
  }
}
