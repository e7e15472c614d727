package dev.insitu.forge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.BlockTable;
import dev.insitu.elastic.Coding;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.TensorSpec;
import dev.insitu.elastic.codec.Steps;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StepChooserTest {

  private static final int ROW = 32;

  private static Block block(int length) {
    TensorSpec spec =
        new TensorSpec("w", ElementType.FLOAT32, Coding.PLANES, length, ROW, WeightCoding.LEVELS);
    return new BlockTable(List.of(spec)).block(0);
  }

  private static TensorStats stats(float... values) {
    TensorStats stats = new TensorStats(ElementType.FLOAT32);
    stats.add(Onnx.bytes(values));
    return stats;
  }

  private static short[] steps(float[] values, int usual) {
    return StepChooser.forRows(
        block(values.length), Onnx.bytes(values), usual, stats(values).largest());
  }

  @Test
  void theStepIsAShareOfTheSpread() {
    TensorStats stats = stats(Onnx.normal(new Random(1), 10_000, 0.1));
    double step = Steps.value(StepChooser.usual(stats, 1));
    assertEquals(0.1 * StepChooser.FINEST, step, 0.07 * step); // steps are 6 to 12 % apart
    assertEquals(2 * step, Steps.value(StepChooser.usual(stats, 2)), 1e-9);
  }

  @Test
  void aTensorOfZerosHasSomeStep() {
    assertEquals(1, Steps.value(StepChooser.usual(stats(new float[100]), 1)));
  }

  @Test
  void theTiniestSpreadHasTheSmallestStep() {
    assertEquals(Steps.MIN, StepChooser.usual(stats(Float.MIN_VALUE, 0), 1));
  }

  @Test
  void theLargestSpreadHasAStep() {
    TensorStats stats = stats(0x1p127f, -0x1p127f);
    int usual = StepChooser.usual(stats, 4);
    assertTrue(Steps.isCode(usual));
    assertEquals(usual, Steps.fit(usual, stats.largest()));
  }

  @Test
  void rowsShareTheStep() {
    float[] values = Onnx.normal(new Random(2), 100, 1);
    int usual = StepChooser.usual(stats(values), 1);
    short[] expected = new short[4]; // the last row is short
    Arrays.fill(expected, (short) usual);
    assertArrayEquals(expected, steps(values, usual));
  }

  @Test
  void onlyTheRowOfAnOutlierHasALargerStep() {
    float[] values = Onnx.normal(new Random(3), 100, 1);
    values[99] = -1e6f;
    int usual = Steps.nearest(1f / 70);
    short[] codes = steps(values, usual);
    assertEquals(usual, codes[0]);
    assertEquals(usual, codes[2]);
    assertTrue(codes[3] > usual);
    assertTrue(1e6 / Steps.value(codes[3]) < Steps.MAGNITUDES);
    assertTrue(1e6 / Steps.value(codes[3] - 1) >= Steps.MAGNITUDES, "the smallest that fits");
  }
}
