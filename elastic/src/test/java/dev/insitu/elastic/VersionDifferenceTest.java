package dev.insitu.elastic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.insitu.elastic.ElasticException.Reason;
import dev.insitu.elastic.VersionDifference.DifferenceChunk;
import java.util.List;
import org.junit.jupiter.api.Test;

class VersionDifferenceTest {

  private static final Digest BASE = SmallPackage.digest(7);

  private final Manifest manifest = SmallPackage.manifest();

  @Test
  void tensorsMapToTheirLike() {
    difference(0, 1, 2).requireFits(manifest, manifest);
    difference(-1, -1, -1).requireFits(manifest, manifest);
    difference(0, -1, 2).requireFits(manifest, manifest);
  }

  @Test
  void aTensorTheEarlierVersionLacksIsRefused() {
    assertRefused("'raw' to number 3 of 3", difference(0, 1, 3));
  }

  @Test
  void aTensorOfAnotherTypeOrLengthIsRefused() {
    assertRefused("'planes' to 'vector' of another type or length", difference(1, 1, 2));
    assertRefused("'raw' to 'planes' of another type or length", difference(0, 1, 0));
  }

  @Test
  void numbersThatNoPackageHasAreRefusedAtOnce() {
    assertThrows(ElasticException.class, () -> difference(-2));
    assertThrows(ElasticException.class, () -> difference(Manifest.MAX_TENSORS));
    assertThrows(ElasticException.class, () -> new DifferenceChunk(BASE, 0, 0, 1));
    assertThrows(ElasticException.class, () -> new DifferenceChunk(BASE, 1, 1, 1));
    assertThrows(ElasticException.class, () -> new DifferenceChunk(BASE, 1, -1, 1));
    assertThrows(
        ElasticException.class, () -> new DifferenceChunk(BASE, ChunkSpec.MAX_BYTES + 1, 0, 1));
  }

  private void assertRefused(String message, VersionDifference difference) {
    ElasticException refused =
        assertThrows(ElasticException.class, () -> difference.requireFits(manifest, manifest));
    assertEquals(Reason.CORRUPT, refused.reason());
    assertEquals("A difference maps tensor " + message + ".", refused.getMessage());
  }

  private static VersionDifference difference(Integer... tensors) {
    return new VersionDifference(BASE, List.of(tensors), List.of());
  }
}
