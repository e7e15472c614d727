package dev.insitu.elastic.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ElasticException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The published test vectors: every later reader must give these values. */
class VectorTest {

  static List<VectorCase> cases() throws IOException {
    try (InputStream in = VectorTest.class.getResourceAsStream("/vectors/chunks.txt")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      return VectorCase.parse(text.lines().toList());
    }
  }

  @TestFactory
  Stream<DynamicTest> chunksGiveTheValuesOfTheVectors() throws IOException {
    return cases().stream().map(c -> DynamicTest.dynamicTest(c.name, () -> check(c)));
  }

  private static void check(VectorCase vector) {
    List<BlockState> states =
        vector.blocks().stream().map(block -> new BlockState(block, vector.levels)).toList();
    for (Map.Entry<Integer, byte[]> chunk : vector.chunks.entrySet()) {
      int group = chunk.getKey();
      for (Map.Entry<Integer, byte[]> lie : vector.refused) {
        if (lie.getKey() == group) {
          assertThrows(ElasticException.class, () -> decode(vector, group, states, lie.getValue()));
        }
      }
      byte[] values = decode(vector, group, states, chunk.getValue());
      assertArrayEquals(vector.values.get(group), vector.shown(values), "group " + group);
    }
  }

  /** The values of all blocks after a chunk. */
  static byte[] decode(VectorCase vector, int group, List<BlockState> states, byte[] bytes) {
    ByteBuffer chunk = ByteBuffer.wrap(bytes);
    Map<BlockState, byte[]> exact = new HashMap<>();
    if (group <= vector.levels) {
      ChunkDecoder.decode(group, vector.levels, vector.in(group, states), chunk);
    } else {
      ChunkDecoder.decodeLossless(
          vector.levels,
          vector.in(group, states),
          chunk,
          state -> {
            exact.put(state, new byte[state.block().byteLength()]);
            return ByteBuffer.wrap(exact.get(state));
          });
    }
    ByteArrayOutputStream values = new ByteArrayOutputStream();
    for (BlockState state : states) {
      byte[] rebuilt = new byte[state.block().byteLength()];
      state.rebuild(ByteBuffer.wrap(rebuilt), 0);
      values.writeBytes(exact.getOrDefault(state, rebuilt));
    }
    return values.toByteArray();
  }

  @Test
  void vectorsUseEveryMethod() throws IOException {
    boolean[] seen = new boolean[128];
    boolean split = false;
    for (VectorCase vector : cases()) {
      for (byte[] chunk : vector.chunks.values()) {
        ByteBuffer at = ByteBuffer.wrap(chunk);
        at.get();
        while (at.hasRemaining()) {
          int method = at.get();
          seen[method & 0x7f] = true;
          split |= method < 0;
          int length = 0;
          for (int shift = 0, next = 0x80; next >= 0x80; shift += 7) {
            next = at.get() & 0xff;
            length |= (next & 0x7f) << shift;
          }
          at.position(at.position() + length);
        }
      }
    }
    for (int method : new int[] {0, 1, 2, 0x10, 0x11, 0x20, 0x30, 0x40, 0x41}) {
      assertTrue(seen[method], "method " + method);
    }
    assertTrue(split);
  }
}
