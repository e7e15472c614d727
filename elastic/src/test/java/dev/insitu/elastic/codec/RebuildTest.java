package dev.insitu.elastic.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** The tables against the definition in exact numbers. */
class RebuildTest {

  private static final int PLANES = 15;
  private static final int SIGN = 1 << PLANES;

  private final Random random = new Random(9);

  @Test
  void floatsAreTheDefinitionRoundedOnce() {
    int[] steps = {
      Steps.MIN, Steps.MIN + 1, Steps.MIN + 30, 900, 1013, 1021, Steps.MAX - 130, Steps.MAX
    };
    for (int level = 0; level <= 14; level++) {
      int rho = random.nextInt(16);
      float[] table = Rebuild.sixteenths(PLANES, level, rho);
      for (int stepCode : steps) {
        float step = Steps.value(stepCode);
        for (int i = 0; i < 200; i++) {
          int code = random.nextInt(1 << (1 + random.nextInt(PLANES)));
          float expected = Oracle.rebuilt(code, false, level, rho, step);
          assertEquals(expected, table[code] * (step / 16), code + " " + level + " " + step);
          float negative = Oracle.rebuilt(code, true, level, rho, step);
          assertEquals(
              Float.floatToRawIntBits(negative),
              Float.floatToRawIntBits(table[SIGN | code] * (step / 16)));
        }
      }
    }
  }

  @Test
  void aSignWithoutMagnitudeIsPositiveZero() {
    for (int level = 0; level <= 14; level++) {
      float[] table = Rebuild.sixteenths(PLANES, level, 15);
      assertEquals(0, Float.floatToRawIntBits(table[SIGN]));
      assertEquals(0, Float.floatToRawIntBits(table[SIGN | ((1 << level) - 1)]));
    }
  }

  @Test
  void integersAreTheDefinitionClamped() {
    for (int zeroPoint : new int[] {-128, -3, 0, 127}) {
      for (int level = 0; level <= 8; level++) {
        int rho = random.nextInt(16);
        byte[] table = Rebuild.integers(8, level, rho, zeroPoint, -128);
        for (int code = 0; code < 256; code++) {
          for (int sign = 0; sign < 2; sign++) {
            int exact = Oracle.rebuiltInteger(code, sign == 1, level, rho, zeroPoint);
            int expected = Math.max(-128, Math.min(127, exact));
            assertEquals(expected, table[(sign << 8) | code]);
          }
        }
      }
    }
  }

  @Test
  void unsignedIntegersAreClampedToTheirRange() {
    byte[] table = Rebuild.integers(8, 4, 15, 128, 0);
    assertEquals((byte) 255, table[0xf0]);
    assertEquals((byte) 0, table[0x1f0]);
    assertEquals((byte) 128, table[0x10f]);
  }
}
