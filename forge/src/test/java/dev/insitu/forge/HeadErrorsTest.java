package dev.insitu.forge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Digest;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeadErrorsTest {

  private static ChunkSpec chunk(int group, int size, float error) {
    return new ChunkSpec(Digest.sha256(new byte[] {1}), size, group, 0, 1, error);
  }

  @Test
  void firstRefinementsGainAlikePerByte() {
    List<ChunkSpec> model = List.of(chunk(0, 100, 9), chunk(1, 100, 2), chunk(1, 300, 2));
    List<ChunkSpec> head = List.of(chunk(0, 10, 50), chunk(1, 10, 8), chunk(2, 10, 2));
    List<ChunkSpec> scaled = HeadErrors.inStep(model, head);
    assertEquals(0.1f, scaled.get(1).errorRemoved(), 1e-3f); // kept as half a float
    assertEquals(0.025f, scaled.get(2).errorRemoved(), 1e-3f);
    assertEquals(0.625f, scaled.get(0).errorRemoved(), 1e-2f);
  }

  @Test
  void whatHasNoScaleStays() {
    List<ChunkSpec> head = List.of(chunk(0, 10, 50), chunk(7, 10, 3));
    assertEquals(head, HeadErrors.inStep(List.of(chunk(0, 10, 1), chunk(1, 10, 1)), head));
    assertEquals(List.of(), HeadErrors.inStep(head, List.of()));
  }
}
