package dev.insitu.runtime.features;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ElementType;
import dev.insitu.runtime.InferenceException;
import dev.insitu.runtime.InferenceException.Reason;
import dev.insitu.runtime.Tensor;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FeatureCodecTest {

  private static final long MOST = 1 << 24;

  static Tensor normal(long seed, boolean rectified, long... shape) {
    int count = 1;
    for (long dim : shape) {
      count *= (int) dim;
    }
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
      values[i] = rectified ? Math.max(0, values[i]) : values[i];
    }
    return Tensor.of(values, shape);
  }

  private static Tensor roundTrip(Tensor value, int bits) {
    byte[] message = FeatureCodec.encode(Map.of("v", value), bits);
    return FeatureCodec.decode(ByteBuffer.wrap(message), List.of("v"), MOST).get("v");
  }

  private static double relativeError(Tensor expected, Tensor actual) {
    float[] wanted = expected.floats();
    float[] found = actual.floats();
    double error = 0;
    double power = 0;
    for (int i = 0; i < wanted.length; i++) {
      error += Math.pow(wanted[i] - found[i], 2);
      power += Math.pow(wanted[i], 2);
    }
    return Math.sqrt(error / power);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 6, 8, 12})
  void everyBitHalvesTheError(int bits) {
    for (boolean rectified : new boolean[] {true, false}) {
      Tensor value = normal(bits, rectified, 1, 16, 12, 10);
      Tensor found = roundTrip(value, bits);
      assertArrayEquals(value.shape(), found.shape());
      double bound = 1.2 * Math.pow(2, -bits) * (rectified ? 1 : 2);
      assertTrue(relativeError(value, found) < bound, "error " + relativeError(value, found));
    }
  }

  @Test
  void whatIsMostlyZeroTakesLessThanABitAValue() {
    Random random = new Random(9);
    float[] values = new float[64 * 16 * 16];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(50) == 0 ? random.nextFloat() : 0;
    }
    Tensor sparse = Tensor.of(values, 1, 64, 16, 16);
    int bytes = FeatureCodec.encode(Map.of("v", sparse), 4).length;
    assertTrue(8.0 * bytes / values.length < 0.25, bytes + " bytes");
    assertTrue(relativeError(sparse, roundTrip(sparse, 4)) < 0.06);
    Tensor empty = Tensor.zeros(ElementType.FLOAT32, 1, 64, 16, 16);
    assertTrue(FeatureCodec.encode(Map.of("v", empty), 8).length < 60);
    assertEquals(empty, roundTrip(empty, 8));
  }

  @Test
  void fewerBitsAreFewerBytesAndNeverMoreThanSaid() {
    Tensor value = normal(3, true, 1, 32, 16, 16);
    int before = Integer.MAX_VALUE;
    for (int bits = 8; bits >= 1; bits--) {
      int bytes = FeatureCodec.encode(Map.of("v", value), bits).length;
      assertTrue(bytes < before, bits + " bits");
      assertTrue(8.0 * bytes / value.size() < bits, bits + " bits take " + bytes + " bytes");
      before = bytes;
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ElementType.class,
      names = {"FLOAT16", "BFLOAT16", "FLOAT32", "FLOAT64"})
  void floatsOfEveryWidthKeepTheirType(ElementType type) {
    Tensor value = Tensor.ofFloats(type, new float[] {0, 1.5f, -2, 60_000, 65_504, 3}, 2, 3);
    Tensor found = roundTrip(value, 12);
    assertEquals(type, found.type());
    assertArrayEquals(value.floats(), found.floats(), 20);
  }

  @ParameterizedTest
  @EnumSource(FeatureCoding.class)
  void everyCodingGivesTheSameValues(FeatureCoding coding) {
    Random random = new Random(5);
    for (int bits : new int[] {1, 2, 4, 7, 12}) {
      for (boolean rectified : new boolean[] {true, false}) {
        Tensor value = normal(random.nextLong(), rectified, 1, 8, 9, 11);
        byte[] message = FeatureCodec.encode(Map.of("v", value), bits, coding);
        Tensor found = FeatureCodec.decode(ByteBuffer.wrap(message), List.of("v"), MOST).get("v");
        assertEquals(roundTrip(value, bits), found, coding + " at " + bits);
      }
    }
    Tensor far = Tensor.of(new float[] {1e6f, 1e6f + 1, 1e6f + 2}, 3);
    byte[] message = FeatureCodec.encode(Map.of("v", far), 8, coding);
    assertEquals(
        roundTrip(far, 8),
        FeatureCodec.decode(ByteBuffer.wrap(message), List.of("v"), MOST).get("v"));
  }

  @Test
  void fasterCodingsAreLongerAndForFasterLinks() {
    Tensor value = normal(11, true, 1, 32, 16, 16);
    int before = 0;
    double rate = 0;
    for (FeatureCoding coding : FeatureCoding.values()) {
      int bytes = FeatureCodec.encode(Map.of("v", value), 6, coding).length;
      assertTrue(bytes > before, coding + " takes " + bytes + " bytes");
      before = bytes;
      while (FeatureCoding.forLink(rate, 1) != coding) {
        rate = rate == 0 ? 1000 : rate * 1.1;
        assertTrue(rate < 1e12, coding + " is for no link");
      }
      assertEquals(coding, FeatureCoding.forLink(rate / 10, 10));
    }
  }

  @Test
  void integersAndWhatIsToStayExactGoAsTheyAre() {
    Map<String, Tensor> values = new LinkedHashMap<>();
    values.put("features", Tensor.of(new float[] {1, Float.NaN, -0.0f}, 3));
    values.put("mask", Tensor.of(new long[] {1, 0, Long.MIN_VALUE}, 1, 3));
    values.put("none", Tensor.zeros(ElementType.FLOAT32, 1, 0, 4));
    values.put("one", Tensor.of(new int[] {7}, 1));
    byte[] message = FeatureCodec.encode(values, FeatureCodec.EXACT);
    assertEquals(values, FeatureCodec.decode(ByteBuffer.wrap(message), values.keySet(), MOST));
    values.remove("features");
    message = FeatureCodec.encode(values, 2);
    assertEquals(values, FeatureCodec.decode(ByteBuffer.wrap(message), values.keySet(), MOST));
  }

  @Test
  void shapesOfAllKindsComeBack() {
    Random random = new Random(21);
    for (int round = 0; round < 200; round++) {
      long[] shape = new long[random.nextInt(5)];
      for (int i = 0; i < shape.length; i++) {
        shape[i] = 1L + random.nextInt(9);
      }
      Tensor value = normal(round, random.nextBoolean(), shape);
      Tensor found = roundTrip(value, 8);
      assertArrayEquals(value.shape(), found.shape(), "round " + round);
      float most = 0;
      for (float one : value.floats()) {
        most = Math.max(most, Math.abs(one));
      }
      assertArrayEquals(value.floats(), found.floats(), 0.006f * most, "round " + round);
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void whatIsNotFiniteIsRefusedByNameAndPlace(float bad) {
    Tensor value = Tensor.of(new float[] {1, 2, bad}, 3);
    InferenceException refused =
        assertThrows(
            InferenceException.class, () -> FeatureCodec.encode(Map.of("stage2", value), 4));
    assertEquals(Reason.INPUT, refused.reason());
    assertTrue(
        String.valueOf(refused.getMessage()).contains("'stage2' is " + bad + " at element 2"),
        refused.getMessage());
  }

  @Test
  void bitsBeyondTheLimitsAreRefused() {
    for (int bits : new int[] {0, -1, 13, 31, 33}) {
      assertThrows(
          IllegalArgumentException.class, () -> FeatureCodec.encode(Map.of(), bits), bits + "");
    }
  }
}
