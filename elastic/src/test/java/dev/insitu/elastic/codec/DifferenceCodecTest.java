package dev.insitu.elastic.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.ElementType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DifferenceCodecTest {

  private static List<Sample> tensors(Random random) {
    List<Sample> tensors = new ArrayList<>();
    tensors.add(Sample.floats(ElementType.FLOAT32, 30, 3, Mixture.strange(random, 3000)));
    tensors.add(Sample.floats(ElementType.FLOAT16, 30, 3, Mixture.strange(random, 999)));
    tensors.add(Sample.floats(ElementType.BFLOAT16, 7, 3, Mixture.strange(random, 77)));
    tensors.add(Sample.vector(Mixture.strange(random, 55)));
    for (ElementType type :
        List.of(
            ElementType.INT64,
            ElementType.FLOAT64,
            ElementType.COMPLEX128,
            ElementType.INT16,
            ElementType.BOOL,
            ElementType.INT32)) {
      byte[] bytes = new byte[1003];
      random.nextBytes(bytes);
      tensors.add(Sample.raw(type, bytes));
    }
    byte[] codes = new byte[500];
    random.nextBytes(codes);
    tensors.add(Sample.ints(ElementType.UINT8, 50, 2, codes));
    return tensors;
  }

  private static List<Block> blocks(List<Sample> tensors) {
    List<Block> blocks = new ArrayList<>();
    tensors.forEach(tensor -> blocks.addAll(tensor.blocks(blocks.size())));
    return blocks;
  }

  private static List<ByteBuffer> values(List<Sample> tensors) {
    return tensors.stream().map(tensor -> ByteBuffer.wrap(tensor.values().clone())).toList();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void restoresTheNewVersionFromTheBase(long seed) {
    Random random = new Random(seed);
    List<Sample> newer = tensors(random);
    List<ByteBuffer> base = values(tensors(random));
    byte[] chunk = DifferenceCodec.encode(blocks(newer), values(newer), base, 3);
    List<byte[]> written = newer.stream().map(t -> new byte[t.values().length]).toList();
    List<ByteBuffer> targets = written.stream().map(ByteBuffer::wrap).toList();
    DifferenceCodec.decode(blocks(newer), base, ByteBuffer.wrap(chunk), targets);
    for (int i = 0; i < targets.size(); i++) {
      assertArrayEquals(newer.get(i).values(), written.get(i), "tensor " + i);
    }
    DifferenceCodec.decode(blocks(newer), base, ByteBuffer.wrap(chunk), base);
    for (int i = 0; i < targets.size(); i++) {
      assertEquals(ByteBuffer.wrap(newer.get(i).values()), base.get(i), "in place, tensor " + i);
    }
  }

  @Test
  void anUnchangedVersionTakesAFewBytes() {
    List<Sample> newer = tensors(new Random(5));
    byte[] chunk = DifferenceCodec.encode(blocks(newer), values(newer), values(newer), 3);
    assertTrue(chunk.length < 60, chunk.length + " bytes");
  }

  @Test
  void smallUpdatesTakeLessThanTheWeights() {
    Random random = new Random(6);
    float[] old = Sample.gaussian(random, 20_000, 1);
    float[] updated = old.clone();
    for (int i = 0; i < updated.length; i++) {
      updated[i] *= (float) (1 + 1e-5 * random.nextGaussian());
    }
    Sample newer = Sample.floats(ElementType.FLOAT32, 100, 6, updated);
    Sample base = Sample.floats(ElementType.FLOAT32, 100, 6, old);
    byte[] chunk =
        DifferenceCodec.encode(newer.blocks(0), values(List.of(newer)), values(List.of(base)), 3);
    assertTrue(chunk.length < 0.35 * newer.values().length, chunk.length + " bytes");
  }

  @Test
  void differencesOfSignsAndNeighboursAreSmallNumbers() {
    // -0.0, the least negative and the least positive number are neighbours in the order of floats.
    float[] old = {-0f, 1f, -Float.MIN_VALUE};
    float[] updated = {0f, Math.nextUp(1f), Float.MIN_VALUE};
    Sample newer = Sample.vector(updated);
    byte[] chunk =
        DifferenceCodec.encode(
            newer.blocks(0), values(List.of(newer)), values(List.of(Sample.vector(old))), 3);
    byte[] expected = {1, 2, 1, 0, 2, 1, 0, 2, 1, 0, 0, 3, 2, 2, 6};
    assertArrayEquals(expected, chunk);
  }

  @Test
  void liesAreRefusedBeforeAnythingIsWritten() {
    Random random = new Random(7);
    List<Sample> newer = tensors(random);
    List<ByteBuffer> base = values(tensors(random));
    List<byte[]> written = newer.stream().map(t -> new byte[t.values().length]).toList();
    List<ByteBuffer> targets = written.stream().map(ByteBuffer::wrap).toList();
    byte[] chunk = DifferenceCodec.encode(blocks(newer), values(newer), base, 3);
    int refused = 0;
    for (int trial = 0; trial < 2000; trial++) {
      byte[] wrong = chunk.clone();
      if (random.nextBoolean()) {
        wrong[random.nextInt(wrong.length)] = (byte) random.nextInt(256);
      } else {
        wrong = Arrays.copyOf(wrong, random.nextInt(wrong.length + 10));
      }
      try {
        DifferenceCodec.decode(blocks(newer), base, ByteBuffer.wrap(wrong), targets);
      } catch (ElasticException e) {
        refused++;
        for (byte[] bytes : written) {
          assertArrayEquals(new byte[bytes.length], bytes);
        }
      }
      written.forEach(bytes -> Arrays.fill(bytes, (byte) 0));
    }
    assertTrue(refused > 1000);
  }

  @Test
  void buffersThatAreTooShortAreRefused() {
    Sample sample = Sample.vector(new float[10]);
    List<ByteBuffer> tooShort = List.of(ByteBuffer.allocate(39));
    ElasticException e =
        assertThrows(
            ElasticException.class,
            () -> DifferenceCodec.encode(sample.blocks(0), tooShort, tooShort, 3));
    assertEquals(ElasticException.Reason.INVALID, e.reason());
  }
}
