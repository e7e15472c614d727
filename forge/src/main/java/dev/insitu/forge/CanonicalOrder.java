package dev.insitu.forge;

import dev.insitu.elastic.ChunkSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.IntFunction;

/**
 * Orders chunks so that every prefix is a good sub-model: the base in the order of use, since
 * nothing runs without it, then always the chunk that removes the most error per byte among those
 * whose needs have been placed. As a plane removes about three quarters of the error that the plane
 * before left, gains per byte fall along every chain and the greedy order follows the convex hull
 * of error against bytes.
 */
final class CanonicalOrder {

  private final List<ChunkSpec> chunks;
  private final List<List<Integer>> neededBy = new ArrayList<>();
  private final int[] waitingFor;
  private final PriorityQueue<Integer> ready;
  private final List<ChunkSpec> order = new ArrayList<>();

  private CanonicalOrder(List<ChunkSpec> chunks, IntFunction<int[]> needs) {
    this.chunks = chunks;
    this.waitingFor = new int[chunks.size()];
    this.ready =
        new PriorityQueue<>(
            Comparator.comparingDouble((Integer i) -> -gain(chunks.get(i)))
                .thenComparingInt(i -> chunks.get(i).group())
                .thenComparingInt(i -> i));
    chunks.forEach(chunk -> neededBy.add(new ArrayList<>()));
    for (int i = 0; i < chunks.size(); i++) {
      for (int need : needs.apply(i)) {
        neededBy.get(need).add(i);
        waitingFor[i]++;
      }
    }
  }

  private static double gain(ChunkSpec chunk) {
    return (double) chunk.errorRemoved() / chunk.size();
  }

  /**
   * All chunks in canonical order.
   *
   * @param chunks in any order, those of group 0 in the order of use
   * @param needs for a chunk's index the indices of what it needs; of group 0 nothing
   */
  static List<ChunkSpec> sort(List<ChunkSpec> chunks, IntFunction<int[]> needs) {
    return new CanonicalOrder(chunks, needs).sort();
  }

  private List<ChunkSpec> sort() {
    for (int i = 0; i < chunks.size(); i++) {
      if (chunks.get(i).group() == 0) {
        place(i);
      }
    }
    while (!ready.isEmpty()) {
      place(ready.remove());
    }
    return order;
  }

  private void place(int chunk) {
    order.add(chunks.get(chunk));
    for (int next : neededBy.get(chunk)) {
      if (--waitingFor[next] == 0) {
        ready.add(next);
      }
    }
  }
}
