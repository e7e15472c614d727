package dev.insitu.elastic.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The word kernels against one bit at a time. */
class BitsTest {

  private final Random random = new Random(5);

  private static boolean bit(long[] words, int i) {
    return ((words[i >> 6] >>> (i & 63)) & 1) != 0;
  }

  private static void setBit(long[] words, int i) {
    words[i >> 6] |= 1L << (i & 63);
  }

  private long[] bits(int length, double density) {
    long[] words = new long[Words.words(length)];
    for (int i = 0; i < length; i++) {
      if (random.nextDouble() < density) {
        setBit(words, i);
      }
    }
    return words;
  }

  @Test
  void extractAndDepositAreInverseAtEveryDensity() {
    for (int length : new int[] {1, 7, 63, 64, 65, 128, 1000}) {
      for (double density : new double[] {0, 0.01, 0.1, 0.5, 0.9, 1}) {
        long[] values = bits(length, 0.5);
        Mask mask = Mask.of(bits(length, density));
        long[] expected = new long[Words.words(mask.count())];
        long[] spread = new long[values.length];
        int at = 0;
        for (int i = 0; i < length; i++) {
          if (bit(mask.words(), i)) {
            if (bit(values, i)) {
              setBit(expected, at);
              setBit(spread, i);
            }
            at++;
          }
        }
        assertEquals(at, mask.count());
        long[] packed = Extract.pack(values, mask);
        assertArrayEquals(expected, packed);
        long[] target = new long[values.length];
        Deposit.spread(packed, mask.words(), target);
        assertArrayEquals(spread, target);
      }
    }
  }

  @Test
  void masksCountWhatTheyHold() {
    long[] a = bits(130, 0.5);
    long[] b = bits(130, 0.5);
    Mask difference = Mask.difference(a, b);
    Mask complement = Mask.complement(a, 130);
    int expected = 0;
    for (int i = 0; i < 130; i++) {
      assertEquals(bit(a, i) && !bit(b, i), bit(difference.words(), i));
      assertEquals(!bit(a, i), bit(complement.words(), i));
      expected += bit(a, i) ? 0 : 1;
    }
    assertEquals(expected, complement.count());
    assertEquals(0, complement.words()[2] >>> 2);
    assertEquals((expected + 7) / 8, complement.bytes());
  }

  @Test
  void wordsAreReadAndWrittenFromWholeBytesOn() {
    for (int length : new int[] {1, 8, 9, 63, 64, 65, 120, 129}) {
      long[] words = bits(length, 0.5);
      ByteBuffer buffer = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
      buffer.position(3);
      Words.write(buffer, words, length);
      assertEquals(3 + (length + 7) / 8, buffer.position());
      for (int i = 0; i < length; i++) {
        assertEquals(bit(words, i), ((buffer.get(3 + i / 8) >> (i % 8)) & 1) != 0);
      }
      buffer.position(3);
      assertArrayEquals(words, Words.read(buffer, length));
      assertEquals(3 + (length + 7) / 8, buffer.position());
    }
  }

  @Test
  void exceedingBitsAreFound() {
    assertFalse(Words.exceeds(new long[] {0x7f}, 7));
    assertTrue(Words.exceeds(new long[] {0x80}, 7));
    assertFalse(Words.exceeds(new long[] {-1}, 64));
    assertFalse(Words.exceeds(new long[0], 0));
  }

  @Test
  void tilesHoldTheCodesThatPlanesSpell() {
    for (int length : new int[] {1, 63, 64, 65, 4096, 4097, 9000}) {
      for (int planeCount : new int[] {0, 1, 7, 8, 9, 15}) {
        BitPlanes planes = new BitPlanes(length);
        for (int k = 0; k < planeCount; k++) {
          if (random.nextInt(5) > 0) {
            planes.set(k, bits(length, 0.5));
          }
        }
        long[] signs = bits(length, 0.5);
        CodeTile tile = new CodeTile(length);
        long[][] stored = new long[16][Words.words(length)];
        for (int first = 0; first < length; first += tile.length()) {
          tile.load(planes, planeCount, signs, first);
          for (int i = 0; i < tile.count(); i++) {
            int expected = bit(signs, first + i) ? 1 << planeCount : 0;
            for (int k = 0; k < planeCount; k++) {
              expected |= planes.has(k) && bit(planes.plane(k), first + i) ? 1 << k : 0;
            }
            assertEquals(expected, tile.codes[i]);
          }
          tile.store(stored, first, tile.count());
        }
        for (int k = 0; k < planeCount; k++) {
          assertArrayEquals(
              planes.has(k) ? planes.plane(k) : new long[Words.words(length)], stored[k]);
        }
        assertArrayEquals(signs, stored[planeCount]);
      }
    }
  }

  @Test
  void bitLengthsCountElements() {
    BitPlanes planes = new BitPlanes(100);
    int[] expected = new int[16];
    int[] codes = new int[100];
    for (int k = 0; k < 15; k++) {
      planes.set(k, bits(100, 0.1));
      for (int i = 0; i < 100; i++) {
        codes[i] |= bit(planes.plane(k), i) ? 1 << k : 0;
      }
    }
    for (int code : codes) {
      expected[SizeClass.of(code)]++;
    }
    assertArrayEquals(expected, planes.bitLengths());
    assertEquals(expected[15] > 0, planes.reaches(14, 0, 100));
  }
}
