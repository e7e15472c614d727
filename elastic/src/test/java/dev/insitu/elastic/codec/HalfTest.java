package dev.insitu.elastic.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class HalfTest {

  /** The definition of binary16, for finite values. */
  private static double float16(int bits) {
    int exponent = (bits >> 10) & 31;
    double fraction = (bits & 1023) / 1024.0;
    double magnitude =
        exponent == 0 ? Math.scalb(fraction, -14) : Math.scalb(1 + fraction, exponent - 15);
    return (bits & 0x8000) == 0 ? magnitude : -magnitude;
  }

  @Test
  void float16BitsHaveTheValueOfTheirDefinition() {
    for (int bits = 0; bits < 65536; bits++) {
      if ((bits & 0x7c00) != 0x7c00) {
        assertEquals((float) float16(bits), Half.float16ToFloat(bits));
        assertEquals(bits, Half.toFloat16(Half.float16ToFloat(bits)));
      }
    }
    assertEquals(Float.POSITIVE_INFINITY, Half.float16ToFloat(0x7c00));
    assertEquals(Float.NEGATIVE_INFINITY, Half.float16ToFloat(0xfc00));
  }

  @Test
  void float16RoundsToTheNearestAndTiesToEven() {
    for (int bits = 0; bits < 0x7bff; bits++) {
      double below = float16(bits);
      double above = float16(bits + 1);
      float middle = (float) ((below + above) / 2);
      assertEquals((bits & 1) == 0 ? bits : bits + 1, Half.toFloat16(middle), "tie at " + middle);
      assertEquals(bits, Half.toFloat16(Math.nextDown(middle)));
      assertEquals(bits + 1, Half.toFloat16(Math.nextUp(middle)));
      assertEquals(0x8000 | bits, Half.toFloat16(-Math.nextDown(middle)));
    }
    assertEquals(0x7bff, Half.toFloat16(Math.nextDown(65520f)));
    assertEquals(0x7c00, Half.toFloat16(65520f));
    assertEquals(0x7c00, Half.toFloat16(Float.MAX_VALUE));
  }

  @Test
  void float16FloorIsTheLargestValueAtMost() {
    for (int bits = 0; bits < 0x7bff; bits++) {
      float value = Half.float16ToFloat(bits);
      assertEquals(bits, Half.floorFloat16(value));
      assertEquals(bits, Half.floorFloat16(Math.nextDown(Half.float16ToFloat(bits + 1))));
    }
    assertEquals(0x7bff, Half.floorFloat16(1e30f));
  }

  @Test
  void bfloat16RoundsToTheNearestAndTiesToEven() {
    Random random = new Random(4);
    for (int i = 0; i < 100_000; i++) {
      int bits = random.nextInt(0x7f7f);
      int middle = (bits << 16) | 0x8000;
      assertEquals(
          (bits & 1) == 0 ? bits : bits + 1, Half.toBfloat16(Float.intBitsToFloat(middle)));
      assertEquals(bits, Half.toBfloat16(Float.intBitsToFloat(middle - 1)));
      assertEquals(bits + 1, Half.toBfloat16(Float.intBitsToFloat(middle + 1)));
      assertEquals(bits, Half.floorBfloat16(Float.intBitsToFloat((bits << 16) | 0xffff)));
      assertEquals(bits, Half.toBfloat16(Half.bfloat16ToFloat(bits)));
    }
    assertEquals(0x7f80, Half.toBfloat16(Float.MAX_VALUE));
  }
}
