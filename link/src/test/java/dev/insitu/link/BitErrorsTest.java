package dev.insitu.link;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BitErrorsTest {
  private static final int LENGTH = 1_000_000;

  @Test
  void flipsOneBitOfOneByte() {
    byte[] stream = inPieces(BitErrors.flip(12_345, 6), 7);
    byte[] expected = new byte[LENGTH];
    expected[12_345] = 64;
    assertArrayEquals(expected, stream);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-5, 1e-3, 0.1, 0.5})
  void errsAsOftenAsTold(double rate) {
    long bits = 8L * LENGTH;
    double deviation = Math.sqrt(bits * rate * (1 - rate));

    assertEquals(bits * rate, ones(inPieces(BitErrors.bernoulli(rate, 99), 1)), 5 * deviation);
  }

  @Test
  void doesNotDependOnHowTheStreamIsSplit() {
    long seed = System.nanoTime();
    BitErrors errors = BitErrors.bernoulli(1e-3, 5);
    assertArrayEquals(inPieces(errors, seed), inPieces(errors, seed + 1), "seed " + seed);
  }

  @Test
  void differsBySeed() {
    assertTrue(
        !Arrays.equals(
            inPieces(BitErrors.bernoulli(1e-3, 5), 1), inPieces(BitErrors.bernoulli(1e-3, 6), 1)));
  }

  @Test
  void knowsTheExtremes() {
    assertEquals(0, ones(inPieces(BitErrors.bernoulli(0, 1), 1)));
    assertEquals(8 * LENGTH, ones(inPieces(BitErrors.bernoulli(1, 1), 1)));
  }

  @Test
  void refusesWhatIsOutOfRange() {
    assertThrows(IllegalArgumentException.class, () -> BitErrors.bernoulli(-0.1, 1));
    assertThrows(IllegalArgumentException.class, () -> BitErrors.bernoulli(1.1, 1));
    assertThrows(IllegalArgumentException.class, () -> BitErrors.bernoulli(Double.NaN, 1));
    assertThrows(IllegalArgumentException.class, () -> BitErrors.flip(-1, 0));
    assertThrows(IllegalArgumentException.class, () -> BitErrors.flip(0, 8));
  }

  /** A stream of zeros after the errors, passed in pieces of random length. */
  private static byte[] inPieces(BitErrors errors, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] stream = new byte[LENGTH];
    int position = 0;
    while (position < LENGTH) {
      int length = Math.min(random.nextInt(1, 20_000), LENGTH - position);
      errors.apply(stream, position, length, position);
      position += length;
    }
    return stream;
  }

  private static int ones(byte[] stream) {
    int ones = 0;
    for (byte b : stream) {
      ones += Integer.bitCount(b & 0xff);
    }
    return ones;
  }
}
