package dev.insitu.elastic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Sizes at which anything quadratic would not end. */
class LargeManifestTest {

  @Test
  void aHundredThousandChunks() {
    Manifest manifest = ManifestCodecTest.manyChunks(100_000, new Random(3));
    ManifestCodec.Body body = ManifestCodec.body(manifest);
    Manifest read = body.manifest();
    SubModel whole = SubModel.whole(read);
    SubModel half = SubModel.prefix(read, 50_000);
    assertEquals(50_000, whole.missingFrom(half).count());
    assertEquals(half, SubModel.closureOf(read, half.indices()));
    assertEquals(whole, half.union(SubModel.of(read, 1, read.losslessGroup())));
    assertEquals(read.losslessGroup(), whole.groupOf(0));
    assertEquals(1, whole.runnableSegments());
    assertEquals(read.weightCount(), whole.weights());
  }

  @Test
  void fourMillionBlocksInSixteenGroups() {
    int levels = TensorSpec.MAX_REFINEMENTS;
    long length = 262_144L * BlockTable.MAX_BLOCKS;
    Manifest manifest =
        manifest(
            levels,
            List.of(new TensorSpec("w", ElementType.INT8, Coding.PLANES, length, 256, levels)),
            64);
    assertEquals(BlockTable.MAX_BLOCKS, manifest.blocks().blockCount());
    SubModel base = SubModel.of(manifest, 1, 0);
    assertEquals(BlockTable.MAX_BLOCKS / 64, base.size());
    assertEquals(0, base.groupOf(0));
    assertEquals(length, base.weights());
    assertEquals(SubModel.whole(manifest), SubModel.of(manifest, 1, levels));
  }

  @Test
  void manyTensorsInSixteenGroups() {
    int levels = TensorSpec.MAX_REFINEMENTS;
    List<TensorSpec> tensors = new ArrayList<>();
    for (int i = 0; i < 1 << 16; i++) {
      tensors.add(
          i % 2 == 0
              ? new TensorSpec("w" + i, ElementType.FLOAT32, Coding.PLANES, 64, 8, levels)
              : new TensorSpec("w" + i, ElementType.FLOAT32, Coding.VECTOR, 8, 0, 0));
    }
    Manifest manifest = manifest(levels, tensors, 1 << 13);
    SubModel whole = SubModel.of(manifest, 1, manifest.losslessGroup());
    assertEquals(SubModel.whole(manifest), whole);
    assertTrue(whole.canRun(0));
    Manifest read =
        ManifestCodec.expand(ByteBuffer.wrap(ManifestCodec.whole(ManifestCodec.body(manifest))))
            .manifest();
    assertEquals(manifest.chunks(), read.chunks());
  }

  /** A manifest of chunks of so many blocks, group after group. */
  private static Manifest manifest(int levels, List<TensorSpec> tensors, int blocksOfAChunk) {
    int blocks = new BlockTable(tensors).blockCount();
    boolean lossless = tensors.stream().anyMatch(tensor -> tensor.hasContent(levels + 1, levels));
    Digest digest = SmallPackage.digest(1);
    List<ChunkSpec> chunks = new ArrayList<>();
    for (int group = 0; group <= (lossless ? levels + 1 : levels); group++) {
      for (int first = 0; first < blocks; first += blocksOfAChunk) {
        chunks.add(new ChunkSpec(digest, 9, group, first, first + blocksOfAChunk, 0));
      }
    }
    int[] all = new int[tensors.size()];
    java.util.Arrays.setAll(all, i -> i);
    return new Manifest(
        new Manifest.Header("m", "1", digest, Optional.empty(), digest, levels, false),
        List.of(new ValueSpec("x", 1, List.of(), false)),
        List.of(new ValueSpec("y", 1, List.of(), false)),
        tensors,
        List.of(SegmentSpec.of(List.of("x"), List.of("y"), all, 0, 0, new byte[0])),
        ByteBuffer.allocate(0),
        chunks,
        Optional.empty(),
        List.of());
  }
}
