package dev.insitu.forge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ElementType;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TensorStatsTest {

  private static TensorStats of(float... values) {
    TensorStats stats = new TensorStats(ElementType.FLOAT32);
    stats.add(Onnx.bytes(values));
    return stats;
  }

  private static TensorStats of(ElementType type, int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    TensorStats stats = new TensorStats(type);
    stats.add(ByteBuffer.wrap(bytes));
    return stats;
  }

  @Test
  void spreadIsTheRootMeanSquare() {
    TensorStats stats = of(3, -4, 0, 0);
    assertEquals(2.5, stats.spread(), 1e-12);
    assertEquals(4, stats.largest());
    assertTrue(stats.codable());
  }

  @Test
  void ofNothingThereIsNoSpread() {
    assertEquals(0, of().spread());
    assertTrue(of().codable());
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0x1.8p127f})
  void oneValueThatIsNoUsableNumberShows(float value) {
    for (int place : new int[] {0, 1, 9_999}) {
      float[] values = new float[10_000];
      values[place] = value;
      assertFalse(of(values).codable(), value + " at " + place);
    }
  }

  @Test
  void aValueThatIsNoNumberIsNotForgottenLater() {
    TensorStats stats = of(Float.NaN);
    stats.add(Onnx.bytes(new float[100_000]));
    assertFalse(stats.codable());
  }

  @Test
  void largeSubnormalAndNegativeZeroAreNumbers() {
    assertTrue(of(0x1p127f, Float.MIN_VALUE, -0.0f).codable());
  }

  @Test
  void partsAddUpToTheWhole() {
    float[] values = Onnx.normal(new Random(1), 50_001, 2);
    TensorStats parts = new TensorStats(ElementType.FLOAT32);
    ByteBuffer bytes = Onnx.bytes(values);
    for (int at = 0; at < values.length; at += 777) {
      int count = Math.min(777, values.length - at);
      parts.add(bytes.slice(4 * at, 4 * count));
    }
    assertEquals(of(values).spread(), parts.spread(), 1e-9);
    assertEquals(of(values).largest(), parts.largest());
  }

  @Test
  void halvesAreRead() {
    short half = Float.floatToFloat16(-1.5f);
    TensorStats stats = new TensorStats(ElementType.FLOAT16);
    stats.add(Onnx.bytes(new short[] {half, half}));
    assertEquals(1.5, stats.spread());
    TensorStats infinite = new TensorStats(ElementType.FLOAT16);
    infinite.add(Onnx.bytes(new short[] {(short) 0x7c00}));
    assertFalse(infinite.codable());
    TensorStats brain = new TensorStats(ElementType.BFLOAT16);
    brain.add(Onnx.bytes(new short[] {(short) 0xc040})); // -3
    assertEquals(3, brain.spread());
  }

  @Test
  void unsignedBytesSpreadAroundTheirMostFrequentValue() {
    TensorStats stats = of(ElementType.UINT8, 128, 128, 128, 130, 126, 255);
    assertEquals(128, stats.zeroPoint());
    assertEquals(Math.sqrt((4 + 4 + 127 * 127) / 6.0), stats.spread(), 1e-9);
  }

  @Test
  void signedBytesSpreadAroundZero() {
    TensorStats stats = of(ElementType.INT8, -128, 127, 5, 5);
    assertEquals(0, stats.zeroPoint());
    assertEquals(Math.sqrt((128 * 128 + 127 * 127 + 50) / 4.0), stats.spread(), 1e-9);
  }
}
