package dev.insitu.elastic.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.Coding;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.ElasticException.Reason;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.TensorSpec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Chunks that lie: nothing but {@link ElasticException} comes of them, and no state changes. */
class HostileChunkTest {

  private static final int LEVELS = Mixture.LEVELS;
  private static final int TRIALS = 40;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void refusedChunksLeaveStatesAsTheyWere(long seed) {
    Random random = new Random(seed);
    Mixture mixture = Mixture.small(random);
    int refused = 0;
    for (int group = 0; group <= LEVELS; group++) {
      List<BlockCodes> codes = mixture.in(group);
      byte[] chunk = Mixture.encode(group, codes);
      List<BlockState> states = received(mixture, group);
      List<byte[]> before = values(states);
      for (int trial = 0; trial < TRIALS; trial++) {
        try {
          byte[] wrong = corrupted(random, chunk);
          ChunkDecoder.decode(group, LEVELS, Mixture.of(codes, states), ByteBuffer.wrap(wrong));
          states = received(mixture, group); // the lie was one that only a digest can tell
        } catch (ElasticException e) {
          requireReason(e);
          requireSame(before, values(states));
          refused++;
        }
      }
      ChunkDecoder.decode(group, LEVELS, Mixture.of(codes, states), ByteBuffer.wrap(chunk));
      requireSame(values(received(mixture, group + 1)), values(states));
    }
    assertTrue(refused > TRIALS, "only " + refused + " refused");
  }

  @ParameterizedTest
  @ValueSource(longs = {4, 5, 6})
  void losslessLiesAreRefusedOrGiveFiniteValues(long seed) {
    Random random = new Random(seed);
    Mixture mixture = Mixture.small(random);
    List<BlockState> states = received(mixture, LEVELS + 1);
    List<byte[]> before = values(states);
    List<BlockCodes> codes = mixture.in(LEVELS + 1);
    byte[] chunk = Mixture.encode(LEVELS + 1, codes);
    for (int trial = 0; trial < 10 * TRIALS; trial++) {
      List<BlockState> targets = new ArrayList<>();
      List<ByteBuffer> slices = new ArrayList<>();
      try {
        ChunkDecoder.decodeLossless(
            LEVELS,
            Mixture.of(codes, states),
            ByteBuffer.wrap(corrupted(random, chunk)),
            state -> {
              targets.add(state);
              slices.add(ByteBuffer.allocate(state.block().byteLength()));
              return slices.get(slices.size() - 1);
            });
        requireFinite(targets, slices);
      } catch (ElasticException e) {
        requireReason(e);
      }
    }
    requireSame(before, values(states));
  }

  private static void requireFinite(List<BlockState> states, List<ByteBuffer> slices) {
    for (int i = 0; i < states.size(); i++) {
      Block block = states.get(i).block();
      if (block.tensor().coding() == Coding.PLANES) {
        float[] values = new float[block.length()];
        Values.readFloats(block.tensor().type(), slices.get(i), 0, values.length, values);
        for (float value : values) {
          assertTrue(Float.isFinite(value));
        }
      }
    }
  }

  /** States that hold all groups below {@code group}. */
  private static List<BlockState> received(Mixture mixture, int group) {
    List<BlockState> states = mixture.states();
    for (int g = 0; g < group; g++) {
      List<BlockCodes> codes = mixture.in(g);
      ByteBuffer chunk = ByteBuffer.wrap(Mixture.encode(g, codes));
      ChunkDecoder.decode(g, LEVELS, Mixture.of(codes, states), chunk);
    }
    return states;
  }

  private static void requireReason(ElasticException e) {
    assertTrue(e.reason() == Reason.CORRUPT || e.reason() == Reason.TOO_NEW, e.toString());
  }

  /** What states hold: group, level, memory and values. */
  private static List<byte[]> values(List<BlockState> states) {
    List<byte[]> values = new ArrayList<>();
    for (BlockState state : states) {
      ByteBuffer all = ByteBuffer.allocate(state.block().byteLength() + 16);
      all.putInt(state.group()).putInt(state.level()).putLong(state.memoryBytes());
      if (state.group() >= 0) {
        state.rebuild(all, 16);
      }
      values.add(all.array());
    }
    return values;
  }

  private static void requireSame(List<byte[]> expected, List<byte[]> actual) {
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), actual.get(i));
    }
  }

  private static byte[] corrupted(Random random, byte[] chunk) {
    byte[] wrong = chunk.clone();
    switch (random.nextInt(4)) {
      case 0 -> wrong = Arrays.copyOf(wrong, random.nextInt(wrong.length));
      case 1 -> wrong = Arrays.copyOf(wrong, wrong.length + 1 + random.nextInt(20));
      case 2 -> wrong[random.nextInt(wrong.length)] ^= (byte) (1 << random.nextInt(8));
      default -> {
        for (int i = random.nextInt(10); i >= 0; i--) {
          wrong[random.nextInt(wrong.length)] = (byte) random.nextInt(256);
        }
      }
    }
    return wrong;
  }

  private static void refuse(Block block, int... chunk) {
    byte[] bytes = new byte[chunk.length];
    for (int i = 0; i < chunk.length; i++) {
      bytes[i] = (byte) chunk[i];
    }
    BlockState state = new BlockState(block, 1);
    ElasticException e =
        assertThrows(
            ElasticException.class,
            () -> ChunkDecoder.decode(0, 1, List.of(state), ByteBuffer.wrap(bytes)));
    assertEquals(Reason.CORRUPT, e.reason(), e.getMessage());
    assertEquals(-1, state.group());
  }

  private static Block block(ElementType type, int refinements) {
    TensorSpec tensor = new TensorSpec("w", type, Coding.PLANES, 3, 3, refinements);
    return new Block(0, 0, tensor, 0, 3);
  }

  @Test
  void everyFieldOfABaseChunkIsChecked() {
    Block block = block(ElementType.FLOAT32, 0);
    // P, rho, step code high and low, plane 0, signs
    int[] good = {1, 0, 1, 1, 0, 1, 7, 0, 1, 3, 0, 1, 0xe8, 0, 1, 5, 0, 1, 2};
    byte[] bytes = new byte[good.length];
    for (int i = 0; i < good.length; i++) {
      bytes[i] = (byte) good[i];
    }
    ChunkDecoder.decode(0, 1, List.of(new BlockState(block, 1)), ByteBuffer.wrap(bytes));
    refuse(block, with(good, 3, 16)); // sixteen planes
    refuse(block, with(good, 3, 0x80));
    refuse(block, with(good, 6, 0x17)); // a second rho
    refuse(block, with(good, 9, 8)); // step code above the largest
    refuse(block, with(with(good, 9, 0), 12, 15)); // below the smallest
    refuse(block, with(good, 15, 13)); // a fourth element
    refuse(block, with(good, 18, 4)); // a third sign
    refuse(block, with(good, 16, 0x80)); // signs split like a plane
  }

  private static int[] with(int[] chunk, int at, int value) {
    int[] changed = chunk.clone();
    changed[at] = value;
    return changed;
  }

  @Test
  void zeroPointsMustBeValuesOfTheType() {
    // P = 0, rho, zero point
    refuse(block(ElementType.UINT8, 0), 1, 2, 1, 0, 2, 1, 0, 0, 2, 255, 255);
    refuse(block(ElementType.INT8, 0), 1, 2, 1, 0, 2, 1, 0, 0, 2, 128, 0);
  }

  @Test
  void chunksOfTooManyElementsAreRefusedBeforeAnythingIsAllocated() {
    TensorSpec tensor = new TensorSpec("r", ElementType.UINT8, Coding.RAW, 1L << 40, 0, 0);
    BlockState state = new BlockState(new Block(0, 0, tensor, 0, 1 << 19), 1);
    List<BlockState> states = Collections.nCopies(200, state);
    ElasticException e =
        assertThrows(
            ElasticException.class,
            () -> ChunkDecoder.decode(0, 1, states, ByteBuffer.wrap(new byte[] {1, 2, 1, 0})));
    assertEquals(Reason.LIMIT, e.reason());
  }

  @Test
  void blocksWithoutContentInTheGroupAreACallersMistake() {
    BlockState state = new BlockState(block(ElementType.INT8, 1), 1);
    ByteBuffer chunk = ByteBuffer.wrap(new byte[] {1});
    for (int group : new int[] {2, 3}) {
      ElasticException e =
          assertThrows(
              ElasticException.class, () -> ChunkDecoder.decode(group, 1, List.of(state), chunk));
      assertEquals(Reason.INVALID, e.reason());
    }
    assertThrows(
        ElasticException.class,
        () -> ChunkDecoder.decodeLossless(1, List.of(state), chunk, s -> chunk));
  }
}
