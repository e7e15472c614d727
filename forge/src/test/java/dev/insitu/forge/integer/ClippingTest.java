package dev.insitu.forge.integer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.forge.integer.CodeType.Codes;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ClippingTest {

  private static float[] normals(int count, long seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static Histogram seen(float[] values) {
    Histogram seen = new Histogram();
    seen.add(values);
    return seen;
  }

  private static double error(ValueRange range, float[] values) {
    Codes codes = CodeType.UINT8.codes(range);
    double sum = 0;
    for (float value : values) {
      int code = CodeType.UINT8.encode(value, codes) & 0xff;
      double rebuilt = (code - codes.zero()) * (double) codes.scale();
      sum += (value - rebuilt) * (value - rebuilt);
    }
    return sum;
  }

  @ParameterizedTest
  @EnumSource(Clipping.class)
  void noRangeIsWiderThanWhatWasSeen(Clipping clipping) {
    float[] values = normals(20_000, 1);
    ValueRange range = clipping.range(seen(values));
    ValueRange widest = Clipping.MIN_MAX.range(seen(values));
    assertTrue(range.low() >= widest.low() && range.high() <= widest.high(), range.toString());
    assertTrue(range.low() < -1 && range.high() > 1, range.toString());
  }

  @ParameterizedTest
  @EnumSource(Clipping.class)
  void nothingSeenAndNothingButZerosHaveARange(Clipping clipping) {
    assertEquals(new ValueRange(0, 0), clipping.range(new Histogram()));
    assertEquals(new ValueRange(0, 0), clipping.range(seen(new float[5])));
  }

  @ParameterizedTest
  @EnumSource(Clipping.class)
  void whatIsNeverNegativeStartsAtZero(Clipping clipping) {
    float[] values = normals(5000, 2);
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(0, values[i]);
    }
    assertEquals(0, clipping.range(seen(values)).low());
  }

  @Test
  void anOutlierIsClippedWhereThatPays() {
    float[] values = normals(1_000_000, 3);
    values[7] = 40;
    double all = error(Clipping.MIN_MAX.range(seen(values)), values);
    ValueRange chosen = Clipping.SQUARED_ERROR.range(seen(values));
    assertTrue(chosen.high() < 30, chosen.toString());
    assertTrue(error(chosen, values) < 0.9 * all);
    assertTrue(Clipping.PERCENTILE.range(seen(values)).high() < 5);
  }

  @Test
  void zeroHasACodeOfItsOwn() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      double scale = Math.scalb(1.0, random.nextInt(60) - 30);
      ValueRange range = ValueRange.of(-random.nextDouble() * scale, random.nextDouble() * scale);
      for (CodeType type : CodeType.values()) {
        Codes codes = type.codes(range);
        assertEquals((byte) codes.zero(), type.encode(0, codes), "seed " + seed);
      }
    }
  }
}
