package dev.insitu.elastic.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GapsTest {

  @Test
  void restoresBitsOfEveryDensity() {
    Random random = new Random(6);
    for (double density : new double[] {0, 1e-5, 1e-3, 0.03, 0.3}) {
      for (int length : new int[] {1, 8, 1000, 100_000}) {
        byte[] bits = new byte[length];
        for (int i = 0; i < 8 * length; i++) {
          bits[i >> 3] |= (byte) (random.nextDouble() < density ? 1 << (i & 7) : 0);
        }
        byte[] gaps = Gaps.encode(bits, length);
        byte[] restored = new byte[length + 2];
        assertTrue(Gaps.decode(gaps, restored, 1, length));
        assertArrayEquals(bits, Arrays.copyOfRange(restored, 1, length + 1));
        assertEquals(0, restored[0] | restored[length + 1]);
      }
    }
  }

  @Test
  void writesShortGapsAsTheyAreAndLongOnesInPowers() {
    byte[] bits = new byte[200];
    bits[0] = 0b1001;
    bits[100] = 1;
    assertArrayEquals(new byte[] {0, 2, (byte) 241, (byte) 240, 76}, Gaps.encode(bits, 200));
  }

  @Test
  void refusesAOneAfterTheEnd() {
    assertTrue(Gaps.decode(new byte[] {7}, new byte[1], 0, 1));
    assertFalse(Gaps.decode(new byte[] {8}, new byte[1], 0, 1));
    assertFalse(Gaps.decode(new byte[] {7, 0}, new byte[1], 0, 1));
    assertFalse(Gaps.decode(new byte[] {-1, -1, -1, -1, 0}, new byte[100], 0, 100));
  }

  @Test
  void givesUpOnDenseBits() {
    byte[] bits = new byte[1000];
    Arrays.fill(bits, (byte) -1);
    assertEquals(0, Gaps.encode(bits, 1000).length);
  }
}
