package dev.insitu.elastic.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;

/** A run of codes as numbers, between bit planes and values. Reused from run to run. */
final class CodeTile {

  /** Elements of the longest tile: enough for SIMD loops, few enough for the nearest caches. */
  static final int MAX_LENGTH = 4096;

  private static final int WORDS = MAX_LENGTH / 64;

  /** Codes of the present run; what their bits are is said where they are loaded and stored. */
  final char[] codes;

  private final int capacity; // in words
  private final long[][] rows;
  private final long[] ordered;
  private final LongBuffer asLongs;
  private final CharBuffer asChars;
  private BitPlanes planes = new BitPlanes(0);
  private int planeCount;
  private int first;
  private int count;

  /** A tile for a block of {@code length} elements. */
  CodeTile(int length) {
    capacity = Math.min(WORDS, Words.words(length));
    codes = new char[64 * capacity];
    rows = new long[Transpose.ROWS][capacity];
    ordered = new long[Transpose.ROWS * capacity];
    ByteBuffer bytes = ByteBuffer.allocate(2 * codes.length).order(ByteOrder.LITTLE_ENDIAN);
    asLongs = bytes.asLongBuffer();
    asChars = bytes.asCharBuffer();
  }

  /** Elements of the tile when it is full. */
  int length() {
    return codes.length;
  }

  /** The planes that were loaded last. */
  BitPlanes planes() {
    return planes;
  }

  /** Bits of a magnitude; the bit above them is the sign. */
  int planeCount() {
    return planeCount;
  }

  /** The bits of a code that are its magnitude. */
  int mask() {
    return (1 << planeCount) - 1;
  }

  /** Where in the block the tile begins. */
  int first() {
    return first;
  }

  /** Codes in the tile. */
  int count() {
    return count;
  }

  /**
   * Fills the tile with the codes from element {@code first}, a multiple of 64: the magnitude in
   * {@code planeCount} bits, and above it the sign.
   */
  void load(BitPlanes planes, int planeCount, long[] signs, int first) {
    this.planes = planes;
    this.planeCount = planeCount;
    this.first = first;
    count = Math.min(codes.length, planes.length() - first);
    int word = first >>> 6;
    int words = Math.min(capacity, planes.words() - word);
    for (int row = 0; row < Transpose.ROWS; row++) {
      if (row == planeCount) {
        System.arraycopy(signs, word, rows[row], 0, words);
      } else if (row < planeCount && planes.has(row)) {
        System.arraycopy(planes.plane(row), word, rows[row], 0, words);
      } else {
        Arrays.fill(rows[row], 0, words, 0);
      }
    }
    Transpose.planesToNumbers(rows, words, planeCount + 1);
    for (int row = 0; row < Transpose.ROWS; row++) {
      long[] from = rows[row];
      int at = place(row);
      for (int i = 0; i < words; i++) {
        ordered[at + Transpose.ROWS * i] = from[i];
      }
    }
    asLongs.duplicate().put(ordered, 0, Transpose.ROWS * words);
    asChars.duplicate().get(codes, 0, 64 * words);
  }

  /**
   * Writes {@code length} codes into bit arrays; the codes after them are zeroed.
   *
   * @param target [16], one array for each bit of the codes
   * @param offset of the first code's bits, a multiple of 64
   */
  void store(long[][] target, int offset, int length) {
    int words = Words.words(length);
    Arrays.fill(codes, length, 64 * words, '\0');
    asChars.duplicate().put(codes, 0, 64 * words);
    asLongs.duplicate().get(ordered, 0, Transpose.ROWS * words);
    for (int row = 0; row < Transpose.ROWS; row++) {
      long[] to = rows[row];
      int at = place(row);
      for (int i = 0; i < words; i++) {
        to[i] = ordered[at + Transpose.ROWS * i];
      }
    }
    Transpose.numbersToPlanes(rows, words);
    for (int row = 0; row < Transpose.ROWS; row++) {
      System.arraycopy(rows[row], 0, target[row], offset >>> 6, words);
    }
  }

  /** Where a row's word stands among the sixteen of 64 elements in order. */
  private static int place(int row) {
    return row >> 2 | (row & 3) << 2;
  }
}
