package dev.insitu.forge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Digest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProfilePointsTest {

  private static final long WEIGHTS = 80_000; // 1,000 bytes are 0.1 bit

  private static List<ChunkSpec> chunks(int base, int others, int bytes) {
    List<ChunkSpec> chunks = new ArrayList<>();
    for (int i = 0; i < base + others; i++) {
      int group = i < base ? 0 : 1;
      chunks.add(new ChunkSpec(Digest.sha256(new byte[] {(byte) i}), bytes, group, i, i + 1, 1));
    }
    return chunks;
  }

  @Test
  void theFirstPointIsTheWholeBaseAndTheLastIsAll() {
    List<Integer> points = ProfilePoints.choose(chunks(3, 20, 1000), WEIGHTS);
    assertEquals(3, points.getFirst());
    assertEquals(23, points.getLast());
  }

  @Test
  void pointsBetweenAreAboutHalfABitApart() {
    List<Integer> points = ProfilePoints.choose(chunks(3, 60, 1000), WEIGHTS);
    assertTrue(points.size() > 8, points.toString());
    for (int i = 1; i < points.size() - 1; i++) {
      double bits = 0.1 * (points.get(i) - points.get(i - 1));
      assertTrue(bits >= 0.44 && bits <= 0.56, points.toString());
    }
  }

  @Test
  void aboveEightBitsOnlyTheWholeIsMeasured() {
    List<Integer> points = ProfilePoints.choose(chunks(1, 99, 5000), WEIGHTS);
    assertTrue(points.get(points.size() - 2) <= 16, points.toString());
    assertEquals(100, points.getLast());
  }

  @Test
  void aBaseOfManyBitsIsMeasuredAllTheSame() {
    assertEquals(List.of(1, 3), ProfilePoints.choose(chunks(1, 2, 500_000), WEIGHTS));
  }

  @Test
  void withoutRefinementsThereIsOnePoint() {
    assertEquals(List.of(4), ProfilePoints.choose(chunks(4, 0, 1000), WEIGHTS));
  }

  @Test
  void aModelWithoutWeightsHasOnePoint() {
    assertEquals(List.of(0), ProfilePoints.choose(List.of(), 0));
  }
}
