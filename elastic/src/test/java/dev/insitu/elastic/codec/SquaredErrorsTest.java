package dev.insitu.elastic.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.ElementType;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Errors of all levels in one pass against rebuilding each level. */
class SquaredErrorsTest {

  private static final double TOLERANCE = 1e-6; // of the sum: rebuilt values are float32

  @Test
  void floatErrorsAreThoseOfTheRebuiltValues() {
    Random random = new Random(20);
    for (int length : new int[] {1, 5, 64, 9001}) {
      Sample sample = Sample.floats(ElementType.FLOAT32, 7, 5, Mixture.strange(random, length));
      float[] weights = new float[sample.blocks(0).get(0).rows()];
      for (int row = 0; row < weights.length; row++) {
        weights[row] = random.nextFloat();
      }
      check(sample, weights);
      check(sample, null);
    }
  }

  @Test
  void integerErrorsAreThoseOfTheRebuiltValues() {
    byte[] weights = new byte[3000];
    Random random = new Random(21);
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (byte) Math.max(-100, Math.min(100, 20 * random.nextGaussian()));
    }
    check(Sample.ints(ElementType.INT8, 10, 5, weights), null);
  }

  private static void check(Sample sample, float[] rowWeights) {
    Block block = sample.blocks(0).get(0);
    BlockCodes codes = sample.encode(block);
    double[] errors = codes.squaredErrors(rowWeights);
    int levels = sample.tensor().refinements();
    assertEquals(levels + 2, errors.length);
    assertEquals(
        squared(sample, null, rowWeights), errors[levels + 1], TOLERANCE * errors[levels + 1]);
    BlockState state = new BlockState(block, levels);
    ChunkEncoder encoder = new ChunkEncoder(levels, 3);
    for (int level = levels; level >= 0; level--) {
      int group = levels - level;
      byte[] chunk = encoder.encode(group, List.of(codes));
      ChunkDecoder.decode(group, levels, List.of(state), ByteBuffer.wrap(chunk));
      double expected = squared(sample, state, rowWeights);
      assertEquals(expected, errors[level], TOLERANCE * errors[levels + 1]);
    }
  }

  private static double squared(Sample sample, BlockState state, float[] rowWeights) {
    float[] exact = values(sample.tensor().type(), ByteBuffer.wrap(sample.values()));
    float[] rebuilt = new float[exact.length];
    if (state != null) {
      ByteBuffer target = ByteBuffer.allocate(sample.values().length);
      state.rebuild(target, 0);
      rebuilt = values(sample.tensor().type(), target);
    }
    double sum = 0;
    for (int i = 0; i < exact.length; i++) {
      double error = (double) exact[i] - rebuilt[i];
      sum += error * error * (rowWeights == null ? 1 : rowWeights[i / sample.tensor().rowLength()]);
    }
    return sum;
  }

  private static float[] values(ElementType type, ByteBuffer bytes) {
    float[] values = new float[bytes.remaining() / type.bytes()];
    if (type.floating()) {
      Values.readFloats(type, bytes, 0, values.length, values);
    } else {
      int[] integers = new int[values.length];
      Values.readInts(type, bytes, 0, integers.length, integers);
      for (int i = 0; i < integers.length; i++) {
        values[i] = integers[i];
      }
    }
    return values;
  }

  @Test
  void errorsFallFourfoldWithEachPlane() {
    Sample sample =
        Sample.floats(ElementType.FLOAT32, 100, 6, Sample.gaussian(new Random(22), 50_000, 1));
    double[] errors = sample.encode(sample.blocks(0).get(0)).squaredErrors(null);
    for (int level = 1; level < 4; level++) {
      double ratio = errors[level] / errors[level - 1];
      assertTrue(ratio > 3.5 && ratio < 4.7, "level " + level + ": " + ratio);
    }
  }

  @Test
  void centroidsBeatEveryOtherChoice() {
    Sample sample =
        Sample.floats(ElementType.FLOAT32, 100, 4, Sample.gaussian(new Random(23), 50_000, 1));
    Block block = sample.blocks(0).get(0);
    short[] steps = sample.stepCodes(block, 4);
    double[] chosen =
        BlockCodes.encode(block, sample.reference(block), steps, 0, null).squaredErrors(null);
    for (byte rho = 0; rho < 16; rho++) {
      byte[] rhos = {rho, rho, rho, rho, rho};
      double[] errors =
          BlockCodes.encode(block, sample.reference(block), steps, 0, rhos).squaredErrors(null);
      for (int level = 0; level < 5; level++) {
        assertTrue(chosen[level] <= errors[level] * (1 + 1e-9));
      }
    }
  }

  @Test
  void vectorsHaveTheErrorOfTheirUpperHalvesAndRawBlocksNone() {
    Sample vector = Sample.vector(new float[] {1 + 0x1p-9f, -1});
    double[] errors = vector.encode(vector.blocks(0).get(0)).squaredErrors(null);
    double half = 0x1p-9;
    assertArrayEquals(new double[] {half * half, (1 + half) * (1 + half) + 1}, errors, 1e-12);
    Sample raw = Sample.raw(ElementType.BOOL, new byte[] {1, 0, 1});
    assertArrayEquals(new double[2], raw.encode(raw.blocks(0).get(0)).squaredErrors(null));
  }

  @Test
  void argumentsThatDoNotFitTheBlockAreRefused() {
    Sample sample = Sample.floats(ElementType.FLOAT32, 4, 1, new float[] {1, 2, 3, 70_000});
    Block block = sample.blocks(0).get(0);
    ByteBuffer values = sample.reference(block);
    short[] one = {(short) Steps.nearest(1)};
    assertThrows(
        IllegalArgumentException.class, () -> BlockCodes.encode(block, values, one, 0, null));
    assertThrows(
        IllegalArgumentException.class, () -> BlockCodes.encode(block, values, null, 0, null));
    short[] fitting = {(short) Steps.fit(one[0], 70_000)};
    assertThrows(
        IllegalArgumentException.class,
        () -> BlockCodes.encode(block, values, fitting, 0, new byte[] {1}));
    assertThrows(
        IllegalArgumentException.class,
        () -> BlockCodes.encode(block, values, fitting, 0, new byte[] {1, 16}));
    assertThrows(
        IllegalArgumentException.class,
        () -> sample.encode(block).squaredErrors(new float[] {1, 2}));
    Sample integers = Sample.ints(ElementType.INT8, 1, 0, new byte[] {1});
    assertThrows(
        IllegalArgumentException.class,
        () ->
            BlockCodes.encode(
                integers.blocks(0).get(0), integers.reference(block), null, 128, null));
  }

  @Test
  void weightsThatAreNotFiniteAreRefused() {
    for (float weight : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      Sample sample = Sample.floats(ElementType.FLOAT32, 2, 0, new float[] {1, weight});
      Block block = sample.blocks(0).get(0);
      short[] steps = {(short) Steps.nearest(1)};
      assertThrows(
          IllegalArgumentException.class,
          () -> BlockCodes.encode(block, sample.reference(block), steps, 0, null));
    }
  }
}
