package dev.insitu.forge;

import dev.insitu.elastic.ChunkSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.IntFunction;

/**
 * Orders chunks so that every prefix is a good sub-model: the base in the order of use, since nothing runs without it, then always the
 * chunk that removes the most error per byte among those whose needs have been placed. As a plane removes about a quarter of the error of
 * the plane before, gains per byte fall along every chain and the greedy order follows the convex hull of error against bytes.
 */
final class CanonicalOrder {

  private final List<ChunkSpec> chunks;
  private final IntFunction<int[]> needs;
  private final List<List<Integer>> neededBy = new ArrayList<>();
  private final int[] waitingFor;

  /**
   * @param chunks in any order in which every chunk stands after what it needs
   * @param needs for a chunk's index the indices of what it needs
   */
  CanonicalOrder(List<ChunkSpec> chunks, IntFunction<int[]> needs) {
    this.chunks = chunks;
    this.needs = needs;
    this.waitingFor = new int[chunks.size()];
  }

  /** All chunks in canonical order. */
  List<ChunkSpec> sort() {
    chunks.forEach(chunk -> neededBy.add(new ArrayList<>()));
    for (int i = 0; i < chunks.size(); i++) {
      for (int need : needs.apply(i)) {
        neededBy.get(need).add(i);
        waitingFor[i]++;
      }
    }
    PriorityQueue<Integer> ready =
        new PriorityQueue<>(
            Comparator.comparingDouble((Integer i) -> -chunks.get(i).errorRemoved() / chunks.get(i).size())
                .thenComparingInt(i -> chunks.get(i).group())
                .thenComparingInt(i -> i));
    List<ChunkSpec> order = new ArrayList<>();
    for (int i = 0; i < chunks.size(); i++) {
      if (chunks.get(i).group() == 0) {
        place(i, order, ready);
      }
    }
    while (!ready.isEmpty()) {
      place(ready.poll(), order, ready);
    }
    return order;
  }

  private void place(int chunk, List<ChunkSpec> order, PriorityQueue<Integer> ready) {
    order.add(chunks.get(chunk));
    for (int next : neededBy.get(chunk)) {
      if (--waitingFor[next] == 0) {
        ready.add(next);
      }
    }
  }
}
