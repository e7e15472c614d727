package dev.insitu.elastic.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.Coding;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.ElementType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoundTripTest {

  private static final int LEVELS = Mixture.LEVELS;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyLevelIsTheDefinitionAndTheLosslessGroupTheReference(long seed) {
    Random random = new Random(seed);
    Mixture mixture = Mixture.small(random);
    List<BlockState> states = mixture.states();
    for (int group = 0; group <= LEVELS; group++) {
      for (List<BlockCodes> run : runs(random, mixture.in(group))) {
        ByteBuffer chunk = buffer(random, Mixture.encode(group, run));
        int position = chunk.position();
        ChunkDecoder.decode(group, LEVELS, Mixture.of(run, states), chunk);
        assertEquals(position, chunk.position());
      }
      for (BlockCodes codes : mixture.codes()) {
        requireDefinition(random, mixture, codes, states.get(codes.block().index()));
      }
    }
    requireReference(random, mixture, states);
  }

  /** Blocks in order, cut into runs of random length. */
  private static List<List<BlockCodes>> runs(Random random, List<BlockCodes> codes) {
    List<List<BlockCodes>> runs = new ArrayList<>();
    for (int first = 0; first < codes.size(); ) {
      int end = Math.min(codes.size(), first + 1 + random.nextInt(codes.size()));
      runs.add(codes.subList(first, end));
      first = end;
    }
    return runs;
  }

  private static ByteBuffer buffer(Random random, byte[] chunk) {
    int before = random.nextInt(9);
    int capacity = before + chunk.length + 5;
    ByteBuffer buffer =
        random.nextBoolean() ? ByteBuffer.allocate(capacity) : ByteBuffer.allocateDirect(capacity);
    buffer.position(before);
    buffer.put(chunk).limit(before + chunk.length).position(before);
    return random.nextBoolean() ? buffer : buffer.asReadOnlyBuffer();
  }

  private static void requireDefinition(
      Random random, Mixture mixture, BlockCodes codes, BlockState state) {
    Block block = codes.block();
    int offset = random.nextInt(5);
    ByteBuffer target = ByteBuffer.allocateDirect(block.byteLength() + 10);
    state.rebuild(target, offset);
    assertEquals(0, target.position());
    byte[] values = new byte[block.byteLength()];
    Values.at(target, offset).get(values);
    assertEquals(0, target.get(offset + values.length));
    byte[] reference = mixture.reference(block);
    switch (block.tensor().coding()) {
      case RAW -> assertArrayEquals(reference, values);
      case VECTOR -> requireUpperHalves(reference, values);
      case STATED -> requireStated(mixture.owner(block), state, values);
      case PLANES -> requirePlanes(codes, state.level(), values);
    }
  }

  private static void requireUpperHalves(byte[] reference, byte[] values) {
    ByteBuffer exact = Values.view(ByteBuffer.wrap(reference));
    ByteBuffer rounded = Values.view(ByteBuffer.wrap(values));
    while (exact.hasRemaining()) {
      int bits = rounded.getInt();
      assertEquals(0, bits & 0xffff);
      assertTrue(Math.abs((long) exact.getInt() - bits) <= 0x8000);
    }
  }

  /** The values that the highest group held has stated, rounded to 16 bits. */
  private static void requireStated(Sample sample, BlockState state, byte[] values) {
    Block block = state.block();
    int group = LEVELS;
    while (group > state.group() || !block.tensor().hasContent(group, LEVELS)) {
      group--;
    }
    ElementType type = block.tensor().type();
    float[] exact = sample.statement(block, group);
    float[] found = new float[block.length()];
    Values.readFloats(type, Values.view(ByteBuffer.wrap(values)), 0, found.length, found);
    for (int i = 0; i < found.length; i++) {
      float wanted =
          type == ElementType.FLOAT32
              ? Float.intBitsToFloat(Float.floatToRawIntBits(exact[i]) + 0x8000 & 0xffff0000)
              : rounded(type, exact[i]);
      assertEquals(wanted, found[i]);
    }
  }

  private static void requirePlanes(BlockCodes codes, int level, byte[] values) {
    Block block = codes.block();
    PlaneHead head = codes.planes().head();
    BitPlanes planes = codes.planes().planes();
    CodeTile tile = new CodeTile(block.length());
    float[] floats = new float[block.length()];
    boolean floating = block.tensor().type().floating();
    if (floating) {
      Values.readFloats(block.tensor().type(), ByteBuffer.wrap(values), 0, block.length(), floats);
    }
    for (int first = 0; first < block.length(); first += tile.length()) {
      tile.load(planes, head.planeCount(), planes.signs(), first);
      for (int i = 0; i < tile.count(); i++) {
        int code = tile.codes[i] & tile.mask();
        boolean negative = code != tile.codes[i];
        if (floating) {
          float step = Steps.value(head.steps().code((first + i) / block.tensor().rowLength()));
          float exact = Oracle.rebuilt(code, negative, level, head.rho(level), step);
          assertEquals(rounded(block.tensor().type(), exact), floats[first + i]);
        } else {
          int exact =
              Oracle.rebuiltInteger(code, negative, level, head.rho(level), head.zeroPoint());
          int min = block.tensor().type() == ElementType.INT8 ? -128 : 0;
          assertEquals((byte) Math.max(min, Math.min(min + 255, exact)), values[first + i]);
        }
      }
    }
  }

  private static float rounded(ElementType type, float value) {
    return switch (type) {
      case FLOAT16 -> Half.float16ToFloat(Half.toFloat16(value));
      case BFLOAT16 -> Half.bfloat16ToFloat(Half.toBfloat16(value));
      default -> value;
    };
  }

  private static void requireReference(Random random, Mixture mixture, List<BlockState> states) {
    Map<BlockState, ByteBuffer> targets = new HashMap<>();
    for (BlockState state : states) {
      int length = state.block().byteLength();
      targets.put(
          state,
          random.nextBoolean() ? ByteBuffer.allocate(length) : ByteBuffer.allocateDirect(length));
    }
    for (List<BlockCodes> run : runs(random, mixture.in(LEVELS + 1))) {
      ByteBuffer chunk = buffer(random, Mixture.encode(LEVELS + 1, run));
      ChunkDecoder.decodeLossless(LEVELS, Mixture.of(run, states), chunk, targets::get);
    }
    for (BlockState state : states) {
      byte[] values = new byte[state.block().byteLength()];
      if (state.block().tensor().hasContent(LEVELS + 1, LEVELS)) {
        targets.get(state).get(values);
      } else {
        state.rebuild(ByteBuffer.wrap(values), 0);
      }
      assertArrayEquals(mixture.reference(state.block()), values, state.block().toString());
    }
  }

  @Test
  void largeTensorsAreCutIntoBlocksOfWholeRows() {
    Random random = new Random(10);
    Mixture mixture = new Mixture();
    mixture.add(Sample.floats(ElementType.FLOAT32, 1000, 6, Sample.gaussian(random, 600_000, 1)));
    assertEquals(3, mixture.codes().size());
    assertEquals(262_000, mixture.codes().get(0).block().length());
    List<BlockState> states = mixture.states();
    for (int group = 0; group <= LEVELS; group++) {
      List<BlockCodes> codes = mixture.in(group);
      if (!codes.isEmpty()) {
        ByteBuffer chunk = ByteBuffer.wrap(Mixture.encode(group, codes));
        ChunkDecoder.decode(group, LEVELS, Mixture.of(codes, states), chunk);
      }
    }
    requireReference(random, mixture, states);
  }

  @Test
  void prunedWeightsAreSplitAndCostLittleMoreThanTheOthers() {
    Random random = new Random(11);
    float[] weights = Sample.gaussian(random, 200_000, 1);
    for (int i = 0; i < weights.length; i++) {
      weights[i] = random.nextInt(10) < 8 ? 0 : weights[i];
    }
    Mixture mixture = new Mixture().add(Sample.floats(ElementType.FLOAT32, 200, 4, weights));
    long bytes = 0;
    List<BlockState> states = mixture.states();
    for (int group : new int[] {0, 5, 6, 7, 8}) {
      byte[] chunk = Mixture.encode(group, mixture.codes());
      bytes += chunk.length;
      ChunkDecoder.decode(group, LEVELS, states, ByteBuffer.wrap(chunk));
    }
    // 0.72 bits say which weights are there; those have 143 steps a sigma, so 9.21 bits.
    assertTrue(bytes * 8.0 / weights.length < 1.03 * (0.72 + 0.2 * 9.21), bytes + " bytes");
    requireReference(random, mixture, states);
  }

  @Test
  void statesSayWhatTheyHold() {
    Sample sample =
        Sample.floats(ElementType.FLOAT32, 64, 2, Sample.gaussian(new Random(1), 64, 1));
    Mixture mixture = new Mixture().add(sample);
    BlockState state = mixture.states().get(0);
    assertEquals(-1, state.group());
    assertEquals(3, state.level());
    assertEquals(0, state.memoryBytes());
    assertThrows(ElasticException.class, () -> state.rebuild(ByteBuffer.allocate(256), 0));
    decode(mixture, 0, state);
    assertEquals(0, state.group());
    assertEquals(2, state.level());
    long base = state.memoryBytes();
    assertThrows(ElasticException.class, () -> decode(mixture, 0, state));
    assertThrows(ElasticException.class, () -> decode(mixture, 8, state));
    decode(mixture, 7, state);
    assertEquals(7, state.group());
    assertEquals(1, state.level());
    assertEquals(base + 8, state.memoryBytes());
    assertThrows(IllegalArgumentException.class, () -> Mixture.encode(3, mixture.codes()));
  }

  private static void decode(Mixture mixture, int group, BlockState state) {
    byte[] chunk = Mixture.encode(group, mixture.codes());
    ChunkDecoder.decode(group, LEVELS, List.of(state), ByteBuffer.wrap(chunk));
  }

  @Test
  void vectorBlocksHaveTwoGroups() {
    Sample sample = Sample.vector(Mixture.strange(new Random(12), 300_000));
    Mixture mixture = new Mixture().add(sample);
    assertEquals(2, mixture.codes().size());
    assertEquals(Coding.VECTOR, mixture.codes().get(0).block().tensor().coding());
    List<BlockState> states = mixture.states();
    ByteBuffer base = ByteBuffer.wrap(Mixture.encode(0, mixture.codes()));
    ChunkDecoder.decode(0, LEVELS, states, base);
    assertEquals(0, states.get(1).level());
    requireReference(new Random(13), mixture, states);
  }

  @Test
  void statedBlocksTakeTheirGroupsInOrderOnly() {
    Sample sample =
        Sample.stated(ElementType.FLOAT32, 0b1011, Mixture.strange(new Random(14), 300_000));
    Mixture mixture = new Mixture().add(sample);
    assertEquals(2, mixture.codes().size());
    List<BlockState> states = mixture.states();
    decode(mixture, 0, states);
    assertEquals(0, states.get(1).level());
    decode(mixture, 1, states);
    assertThrows(ElasticException.class, () -> decode(mixture, 1, states));
    assertThrows(ElasticException.class, () -> decode(mixture, 4, states));
    assertThrows(ElasticException.class, () -> requireReference(new Random(15), mixture, states));
    assertThrows(IllegalArgumentException.class, () -> Mixture.encode(3, mixture.codes()));
    decode(mixture, 2, states);
    decode(mixture, 4, states);
    requireReference(new Random(15), mixture, states);
  }

  private static void decode(Mixture mixture, int group, List<BlockState> states) {
    ByteBuffer chunk = ByteBuffer.wrap(Mixture.encode(group, mixture.codes()));
    ChunkDecoder.decode(group, LEVELS, states, chunk);
  }

  @Test
  void smallChangesAreStatedInFewBits() {
    float[] values = Sample.gaussian(new Random(16), 5000, 1);
    Mixture mixture = new Mixture().add(Sample.stated(ElementType.FLOAT32, 0b11000000, values));
    int bytes = Mixture.encode(8, mixture.codes()).length;
    assertTrue(bytes < 0.6 * 2 * values.length, bytes + " bytes");
  }

  @Test
  void statementsMustFitTheMask() {
    Sample sample = Sample.stated(ElementType.FLOAT32, 0b10, new float[] {1, 2, 3});
    Block block = sample.blocks(0).get(0);
    ByteBuffer reference = sample.reference(block);
    float[] three = {1, 2, 3};
    for (float[][] wrong :
        new float[][][] {
          {null, null, three}, {three, three, three}, {three, null, null}, {three, null, {1, 2}}
        }) {
      assertThrows(
          IllegalArgumentException.class, () -> BlockCodes.stated(block, reference, wrong));
    }
    assertThrows(
        IllegalArgumentException.class, () -> BlockCodes.encode(block, reference, null, 0, null));
  }
}
