package dev.insitu.elastic.codec;

import java.nio.ByteBuffer;

/** Bit arrays in words of 64 and in bytes, least significant bit first. */
final class Words {

  private Words() {}

  /** Words that hold {@code bits} bits. */
  static int words(int bits) {
    return (bits + 63) >>> 6;
  }

  /** Bytes that hold {@code bits} bits. */
  static int bytes(int bits) {
    return (bits + 7) >>> 3;
  }

  /**
   * Reads the bytes of {@code bits} bits; bits after them in the last byte are read as they are.
   */
  static long[] read(ByteBuffer little, int bits) {
    long[] words = new long[words(bits)];
    int bytes = bytes(bits);
    int whole = bytes >>> 3;
    Values.view(little).asLongBuffer().get(words, 0, whole);
    Values.skip(little, 8 * whole);
    for (int i = 8 * whole; i < bytes; i++) {
      words[whole] |= (little.get() & 0xffL) << 8 * (i & 7);
    }
    return words;
  }

  /** Writes the bytes of {@code bits} bits. */
  static void write(ByteBuffer little, long[] words, int bits) {
    int bytes = bytes(bits);
    int whole = bytes >>> 3;
    Values.view(little).asLongBuffer().put(words, 0, whole);
    Values.skip(little, 8 * whole);
    for (int i = 8 * whole; i < bytes; i++) {
      little.put((byte) (words[whole] >>> 8 * (i & 7)));
    }
  }

  /** Whether a bit at or after {@code bits} is set. */
  static boolean exceeds(long[] words, int bits) {
    int inLast = bits & 63;
    return inLast != 0 && words[words.length - 1] >>> inLast != 0;
  }

  /** Set bits. */
  static int count(long[] words) {
    int count = 0;
    for (long word : words) {
      count += Long.bitCount(word);
    }
    return count;
  }

  /** Adds the bits of {@code more} to {@code words}. */
  static void or(long[] words, long[] more) {
    for (int i = 0; i < words.length; i++) {
      words[i] |= more[i];
    }
  }
}
