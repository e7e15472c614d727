package dev.insitu.forge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.BlockTable;
import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Coding;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.TensorSpec;
import dev.insitu.elastic.codec.BlockCodes;
import dev.insitu.elastic.codec.ChunkEncoder;
import dev.insitu.elastic.codec.Steps;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupAssemblerTest {

  private static final int LEVELS = 6;
  private static final int LOSSLESS = LEVELS + 1;

  @TempDir Path folder;

  private static TensorSpec planes(String name, long length) {
    return new TensorSpec(name, ElementType.FLOAT32, Coding.PLANES, length, 64, LEVELS);
  }

  private static TensorSpec vector(String name, long length) {
    return new TensorSpec(name, ElementType.FLOAT32, Coding.VECTOR, length, 0, 0);
  }

  private static TensorSpec raw(String name, long bytes) {
    return new TensorSpec(name, ElementType.INT64, Coding.RAW, bytes, 0, 0);
  }

  /** Float matrices of the given lengths. */
  private static List<TensorSpec> matrices(int... lengths) {
    List<TensorSpec> tensors = new ArrayList<>();
    for (int length : lengths) {
      tensors.add(planes("w" + tensors.size(), length));
    }
    return tensors;
  }

  private static ByteBuffer normal(Block block, Random random) {
    return Onnx.bytes(Onnx.normal(random, (block.byteLength() + 3) / 4, 1));
  }

  private List<ChunkSpec> assemble(
      int group, List<TensorSpec> tensors, IntFunction<ByteBuffer> values) throws IOException {
    BlockTable blocks = new BlockTable(tensors);
    Path file = folder.resolve("spool" + System.nanoTime());
    try (ChunkSpool spool = new ChunkSpool(file)) {
      GroupAssembler assembler =
          new GroupAssembler(group, LEVELS, new ChunkEncoder(LEVELS, 1), spool);
      int added = 0;
      int[] written = new int[1];
      for (int b = 0; b < blocks.blockCount(); b++) {
        Block block = blocks.block(b);
        if (block.tensor().hasContent(group, LEVELS)) {
          assembler.add(new CodedBlock(codes(block, values.apply(b)), 1, () -> written[0]++), 1);
          added++;
        }
      }
      assembler.finish();
      assertEquals(added, written[0], "blocks that may be forgotten");
      assertEquals(added, assembler.chunks().stream().mapToDouble(ChunkSpec::errorRemoved).sum());
      assembler.chunks().forEach(chunk -> assertHeld(spool, chunk));
      return assembler.chunks();
    } finally {
      assertTrue(Files.notExists(file));
    }
  }

  private static void assertHeld(ChunkSpool spool, ChunkSpec chunk) {
    try {
      assertEquals(chunk.digest(), Digest.sha256(spool.read(chunk.digest(), chunk.size())));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static BlockCodes codes(Block block, ByteBuffer values) {
    if (block.tensor().coding() != Coding.PLANES) {
      return BlockCodes.encode(block, values, null, 0, null);
    }
    short[] steps = new short[block.rows()];
    Arrays.fill(steps, (short) Steps.nearest(1f / 70));
    return BlockCodes.encode(block, values, steps, 0, null);
  }

  private List<ChunkSpec> assembleNormal(int group, List<TensorSpec> tensors, long seed)
      throws IOException {
    BlockTable blocks = new BlockTable(tensors);
    Random random = new Random(seed);
    return assemble(group, tensors, b -> normal(blocks.block(b), random));
  }

  private static List<Integer> ends(List<ChunkSpec> chunks) {
    return chunks.stream().map(ChunkSpec::endBlock).toList();
  }

  @Test
  void chunksHoldSixteenKibibytesAndOnlyTheLastLess() throws IOException {
    for (int group : new int[] {0, 1, 3, LEVELS, LOSSLESS}) {
      List<ChunkSpec> chunks =
          assembleNormal(group, matrices(4096, 36_864, 640, 70_000, 9216, 9216, 36_864, 320), 1);
      for (ChunkSpec chunk : chunks.subList(0, chunks.size() - 1)) {
        assertTrue(chunk.size() >= GroupAssembler.FEWEST_BYTES, group + ": " + chunk.size());
      }
    }
  }

  @Test
  void aChunkEndsWithTheFirstBlockThatMakesItLargeEnough() throws IOException {
    // a plane is a bit a weight: 131,072 weights are 16 KiB
    List<ChunkSpec> chunks =
        assembleNormal(LEVELS, matrices(65_536, 65_536, 65_536, 200_000, 1000), 1);
    assertEquals(List.of(3, 4, 5), ends(chunks));
  }

  @Test
  void blocksOfALargeTensorAreChunksOfTheirOwn() throws IOException {
    assertEquals(List.of(1, 2, 3, 4), ends(assembleNormal(2, matrices(3 * 262_144 + 262_144), 1)));
  }

  @Test
  void whatStaysOpenIsTheLastChunk() throws IOException {
    List<ChunkSpec> chunks = assembleNormal(1, matrices(640), 1);
    assertEquals(List.of(1), ends(chunks));
    assertTrue(chunks.getFirst().size() < GroupAssembler.FEWEST_BYTES);
  }

  @Test
  void blocksWithoutContentInTheGroupAreJumped() throws IOException {
    List<TensorSpec> tensors =
        List.of(vector("b", 10), planes("w", 200_000), raw("i", 80), planes("v", 200_000));
    List<ChunkSpec> chunks = assembleNormal(1, tensors, 1);
    assertEquals(1, chunks.get(0).firstBlock());
    assertEquals(3, chunks.get(1).firstBlock());
    assertEquals(List.of(2, 4), ends(chunks));
  }

  @Test
  void versionsOfAModelAreCutAtTheSamePlaces() throws IOException {
    int[] lengths = new Random(7).ints(40, 64, 60_000).toArray();
    for (int group = 0; group <= LOSSLESS; group++) {
      List<Integer> ends = ends(assembleNormal(group, matrices(lengths), 1));
      assertEquals(ends, ends(assembleNormal(group, matrices(lengths), 2)), "group " + group);
    }
  }

  @Test
  void afterAnInsertedTensorTheCutsFallTogetherAgain() throws IOException {
    int[] lengths = new Random(8).ints(150, 64, 20_000).toArray();
    List<TensorSpec> more = new ArrayList<>(List.of(planes("new", 3000)));
    more.addAll(matrices(lengths));
    List<Integer> before = ends(assembleNormal(3, matrices(lengths), 1));
    List<Integer> after = ends(assembleNormal(3, more, 1)).stream().map(end -> end - 1).toList();
    long kept = before.stream().filter(after::contains).count();
    assertTrue(kept > 0.8 * before.size(), kept + " of " + before.size());
  }

  @Test
  void contentOfFewBytesIsJoinedUpToWhatAChunkMayCover() throws IOException {
    List<TensorSpec> tensors = matrices(10 << 20); // 40 MiB of zeros
    BlockTable blocks = new BlockTable(tensors);
    ByteBuffer zeros = ByteBuffer.allocate(blocks.block(0).byteLength());
    for (int group : new int[] {0, 2, LOSSLESS}) {
      List<ChunkSpec> chunks = assemble(group, tensors, b -> zeros.duplicate());
      assertEquals(List.of(16, 32, 40), ends(chunks), "group " + group);
    }
  }

  @Test
  void bytesThatCompressAreJoinedUntilTheyAreEnough() throws IOException {
    List<TensorSpec> tensors = List.of(raw("table", 3 << 20));
    ByteBuffer counting = ByteBuffer.allocate(524_288);
    for (int i = 0; i < counting.capacity(); i += 8) {
      counting.put(i, (byte) (i / 8 % 3));
    }
    List<ChunkSpec> chunks = assemble(0, tensors, b -> counting.duplicate());
    assertTrue(chunks.size() < 6, chunks.toString());
  }

  @Test
  void aChunkThatWouldBeTooLargeIsDivided() throws IOException {
    // magnitudes spread over all exponents below the step: nearly 32 bits each
    List<TensorSpec> tensors = matrices(64, 262_144, 64, 262_144);
    BlockTable blocks = new BlockTable(tensors);
    Random random = new Random(5);
    List<ChunkSpec> chunks =
        assemble(
            LOSSLESS,
            tensors,
            b -> {
              float[] values = new float[blocks.block(b).length()];
              for (int i = 0; i < values.length; i++) {
                values[i] = Float.intBitsToFloat(random.nextInt(Float.floatToRawIntBits(1f / 128)));
              }
              return Onnx.bytes(values);
            });
    for (ChunkSpec chunk : chunks) {
      assertTrue(chunk.size() <= ChunkSpec.MAX_BYTES);
      assertTrue(
          chunk.size() <= GroupAssembler.MOST_BYTES || chunk.endBlock() - chunk.firstBlock() == 1);
    }
    assertEquals(4, chunks.getLast().endBlock());
  }
}
