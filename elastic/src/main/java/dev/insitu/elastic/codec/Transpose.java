package dev.insitu.elastic.codec;

/**
 * Turns sixteen bit planes into numbers of sixteen bits and back.
 *
 * <p>Sixteen words, one from each plane, are 64 elements: plane (4 bits of index), quarter of the
 * word (2), bit in the quarter (4). Exchanging the first axis with the last gathers each element's
 * bits in one quarter; exchanging the low half of the new row index with the quarter puts elements
 * in order. Both are rounds of masked swaps between pairs of words. Two rounds at a time run over
 * whole arrays of words, a shape that JITs compile to SIMD.
 */
final class Transpose {

  /** Rows: 15 planes and the signs. */
  static final int ROWS = 16;

  private static final long[] MASKS = {
    0x5555555555555555L,
    0x3333333333333333L,
    0x0f0f0f0f0f0f0f0fL,
    0x00ff00ff00ff00ffL,
    0x0000ffff0000ffffL,
    0x00000000ffffffffL
  };

  private Transpose() {}

  /**
   * Planes to numbers, in place.
   *
   * @param rows [16][words]; before: row k is plane k; after: quarter j of word i of row 4 a + q is
   *     element 64 i + 16 q + 4 a + j
   * @param used rows from here on are zero before
   */
  static void planesToNumbers(long[][] rows, int words, int used) {
    for (int row = 0; row < used; row += 4) {
      swap(rows, row, 1, words, 0);
    }
    for (int row = 0; row < 4; row++) {
      swap(rows, row, 4, words, 2);
    }
    for (int row = 0; row < ROWS; row += 4) {
      swap(rows, row, 1, words, 4);
    }
  }

  /** The inverse of {@link #planesToNumbers}. */
  static void numbersToPlanes(long[][] rows, int words) {
    for (int row = 0; row < ROWS; row += 4) {
      swap(rows, row, 1, words, 4);
    }
    for (int row = 0; row < 4; row++) {
      swap(rows, row, 4, words, 2);
    }
    for (int row = 0; row < ROWS; row += 4) {
      swap(rows, row, 1, words, 0);
    }
  }

  private static void swap(long[][] rows, int first, int distance, int words, int round) {
    swap(
        rows[first],
        rows[first + distance],
        rows[first + 2 * distance],
        rows[first + 3 * distance],
        words,
        round);
  }

  /** Rounds {@code round} and {@code round + 1}, whose swaps between four rows are independent. */
  private static void swap(long[] a, long[] b, long[] c, long[] d, int words, int round) {
    int near = 1 << round;
    int far = 2 << round;
    long nearMask = MASKS[round];
    long farMask = MASKS[round + 1];
    for (int i = 0; i < words; i++) {
      long w = a[i];
      long x = b[i];
      long y = c[i];
      long z = d[i];
      long wx = (w >>> near ^ x) & nearMask;
      long yz = (y >>> near ^ z) & nearMask;
      w ^= wx << near;
      x ^= wx;
      y ^= yz << near;
      z ^= yz;
      long wy = (w >>> far ^ y) & farMask;
      long xz = (x >>> far ^ z) & farMask;
      a[i] = w ^ wy << far;
      b[i] = x ^ xz << far;
      c[i] = y ^ wy;
      d[i] = z ^ xz;
    }
  }
}
