package dev.insitu.elastic.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntropyCodingTest {

  private static final int LEVELS = 6;

  private static byte[] bytes(int length, IntUnaryOperator value) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) value.applyAsInt(i);
    }
    return bytes;
  }

  private static int method(byte[] raw, double leastGain) {
    try (StreamWriter writer = new StreamWriter(3, new EntropyCoding(leastGain))) {
      writer.add(StreamWriter.Kind.BITS, raw);
      return writer.toBytes()[1];
    }
  }

  /** Random bytes below 128 take seven bits: an eighth is saved, less a table. */
  @Test
  void aStreamIsCodedIfThatSavesEnough() {
    Random random = new Random(1);
    byte[] raw = bytes(1 << 16, i -> random.nextInt(128));
    assertEquals(StreamMethod.ZSTD, method(raw, 0));
    assertEquals(StreamMethod.ZSTD, method(raw, 0.11));
    assertEquals(StreamMethod.STORED, method(raw, 0.14));
    assertEquals(StreamMethod.STORED, method(raw, 1));
    assertEquals(StreamMethod.REPEATED, method(new byte[1 << 16], 1)); // nothing to expand
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.02, 0.1, 0.3, 1})
  void weightsAreTheSameHoweverTheyAreCoded(double leastGain) {
    Random random = new Random(7);
    float[] weights = new float[300_000];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) (0.02 * random.nextGaussian());
    }
    Sample tensor = Sample.floats(ElementType.FLOAT32, 1024, LEVELS, weights);
    List<BlockCodes> codes = new ArrayList<>();
    tensor.blocks(0).forEach(block -> codes.add(tensor.encode(block, 64)));
    ChunkEncoder shortest = new ChunkEncoder(LEVELS, 3);
    ChunkEncoder encoder = new ChunkEncoder(LEVELS, 3, new EntropyCoding(leastGain));
    List<BlockState> states = codes.stream().map(c -> new BlockState(c.block(), LEVELS)).toList();
    for (int group = 0; group <= LEVELS; group++) {
      byte[] chunk = encoder.encode(group, codes);
      assertTrue(chunk.length >= shortest.encode(group, codes).length);
      ChunkDecoder.decode(group, LEVELS, states, ByteBuffer.wrap(chunk));
    }
    ByteBuffer target = ByteBuffer.allocate(4 * weights.length);
    byte[] lossless = encoder.encode(LEVELS + 1, codes);
    ChunkDecoder.decodeLossless(
        LEVELS,
        states,
        ByteBuffer.wrap(lossless),
        state -> target.duplicate().position((int) state.block().byteOffset()));
    ByteBuffer exact = ByteBuffer.allocate(4 * weights.length);
    exact.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(weights);
    assertArrayEquals(exact.array(), target.array());
  }

  @Test
  void theLeastGainIsTheShareOfTheLinkInTheExpansion() {
    assertEquals(0.1, EntropyCoding.forLink(1.25e8, 1.25e9).leastGain(), 1e-12);
    assertEquals(1, EntropyCoding.forLink(1e10, 1e9).leastGain());
    assertTrue(new EntropyCoding(0.1).pays(1000, 900));
    assertFalse(new EntropyCoding(0.1).pays(1000, 901));
    assertFalse(EntropyCoding.SHORTEST.pays(1000, 1000));
    for (double wrong : new double[] {0, -1, Double.NaN}) {
      assertThrows(IllegalArgumentException.class, () -> EntropyCoding.forLink(wrong, 1e9));
      assertThrows(IllegalArgumentException.class, () -> EntropyCoding.forLink(1e9, wrong));
    }
    assertThrows(IllegalArgumentException.class, () -> new EntropyCoding(1.1));
  }
}
