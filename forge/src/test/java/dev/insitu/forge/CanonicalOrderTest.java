package dev.insitu.forge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Digest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

class CanonicalOrderTest {

  private static ChunkSpec chunk(int group, int block, int size, double error) {
    Digest digest = Digest.sha256(new byte[] {(byte) group, (byte) block});
    return new ChunkSpec(digest, size, group, block, block + 1, (float) error);
  }

  /** Chunks of one block each need the same block's chunk of the group before. */
  private static IntFunction<int[]> needsOfChains(List<ChunkSpec> chunks) {
    return i -> {
      for (int j = 0; j < chunks.size(); j++) {
        if (chunks.get(j).firstBlock() == chunks.get(i).firstBlock()
            && chunks.get(j).group() == chunks.get(i).group() - 1) {
          return new int[] {j};
        }
      }
      return new int[0];
    };
  }

  @Test
  void theBaseComesFirstInItsOrderThenTheMostErrorPerByte() {
    List<ChunkSpec> chunks =
        List.of(
            chunk(0, 0, 100, 1),
            chunk(0, 1, 100, 9),
            chunk(1, 0, 100, 0.5),
            chunk(1, 1, 200, 4),
            chunk(2, 0, 100, 0.1),
            chunk(2, 1, 200, 0.4));
    List<ChunkSpec> order = CanonicalOrder.sort(chunks, needsOfChains(chunks));
    assertEquals(
        List.of(
            chunks.get(0),
            chunks.get(1),
            chunks.get(3),
            chunks.get(2),
            chunks.get(5),
            chunks.get(4)),
        order);
  }

  @Test
  void equalGainsAreOrderedByGroupThenPlace() {
    List<ChunkSpec> chunks =
        List.of(chunk(0, 0, 10, 0), chunk(0, 1, 10, 0), chunk(1, 0, 10, 0), chunk(1, 1, 10, 0));
    assertEquals(chunks, CanonicalOrder.sort(chunks, needsOfChains(chunks)));
  }

  @Test
  void aChunkThatCoversSeveralBlocksWaitsForAllOfThem() {
    List<ChunkSpec> chunks =
        List.of(
            chunk(0, 0, 10, 0),
            chunk(1, 0, 10, 1),
            chunk(1, 1, 10, 2),
            new ChunkSpec(Digest.sha256(new byte[3]), 10, 2, 0, 2, 100));
    IntFunction<int[]> needs = i -> i == 0 ? new int[0] : i == 3 ? new int[] {1, 2} : new int[] {0};
    List<ChunkSpec> order = CanonicalOrder.sort(chunks, needs);
    assertEquals(List.of(chunks.get(0), chunks.get(2), chunks.get(1), chunks.get(3)), order);
  }

  @Test
  void everyChunkStandsAfterWhatItNeeds() {
    for (long seed = 1; seed <= 50; seed++) {
      List<ChunkSpec> chunks = random(new Random(seed), 6, 5, false);
      IntFunction<int[]> needs = needsOfChains(chunks);
      List<ChunkSpec> order = CanonicalOrder.sort(chunks, needs);
      assertEquals(Set.copyOf(chunks), Set.copyOf(order), "seed " + seed);
      Map<ChunkSpec, Integer> places = new HashMap<>();
      order.forEach(chunk -> places.put(chunk, places.size()));
      for (int i = 0; i < chunks.size(); i++) {
        for (int need : needs.apply(i)) {
          int place = places.get(chunks.get(i));
          assertTrue(places.get(chunks.get(need)) < place, "seed " + seed + ", chunk " + i);
        }
      }
    }
  }

  /**
   * Where gains fall along every chain, no closed set of at most as many bytes removes more error
   * than a prefix does.
   */
  @Test
  void noOtherSetOfSoManyBytesRemovesMoreError() {
    for (long seed = 1; seed <= 30; seed++) {
      List<ChunkSpec> chunks = random(new Random(seed), 3, 4, true);
      IntFunction<int[]> needs = needsOfChains(chunks);
      List<ChunkSpec> order = CanonicalOrder.sort(chunks, needs);
      int base = (int) chunks.stream().filter(chunk -> chunk.group() == 0).count();
      for (int count = base; count <= order.size(); count++) {
        List<ChunkSpec> prefix = order.subList(0, count);
        double best = bestError(chunks, needs, bytes(prefix), base);
        assertEquals(best, error(prefix), 1e-6 * best, "seed " + seed + ", prefix " + count);
      }
    }
  }

  private static double bestError(
      List<ChunkSpec> chunks, IntFunction<int[]> needs, long mostBytes, int base) {
    double best = 0;
    for (int set = 0; set < 1 << chunks.size(); set++) {
      List<ChunkSpec> members = new ArrayList<>();
      Set<Integer> indices = new HashSet<>();
      for (int i = 0; i < chunks.size(); i++) {
        if ((set >> i & 1) != 0) {
          members.add(chunks.get(i));
          indices.add(i);
        }
      }
      boolean closed =
          indices.stream()
              .allMatch(i -> java.util.Arrays.stream(needs.apply(i)).allMatch(indices::contains));
      boolean runs = members.stream().filter(chunk -> chunk.group() == 0).count() == base;
      if (closed && runs && bytes(members) <= mostBytes) {
        best = Math.max(best, error(members));
      }
    }
    return best;
  }

  private static long bytes(List<ChunkSpec> chunks) {
    return chunks.stream().mapToLong(ChunkSpec::size).sum();
  }

  private static double error(List<ChunkSpec> chunks) {
    return chunks.stream().mapToDouble(ChunkSpec::errorRemoved).sum();
  }

  /** Chains of chunks, group after group; gains per byte fall along each if asked for. */
  private static List<ChunkSpec> random(Random random, int blocks, int groups, boolean falling) {
    List<ChunkSpec> chunks = new ArrayList<>();
    for (int block = 0; block < blocks; block++) {
      double gain = 1 + random.nextDouble();
      for (int group = 0; group < groups; group++) {
        int size = 16 + random.nextInt(100);
        chunks.add(chunk(group, block, size, gain * size));
        gain *= falling ? 0.1 + 0.8 * random.nextDouble() : 3 * random.nextDouble();
      }
    }
    chunks.sort(Comparator.comparingInt(ChunkSpec::group).thenComparingInt(ChunkSpec::firstBlock));
    return chunks;
  }
}
