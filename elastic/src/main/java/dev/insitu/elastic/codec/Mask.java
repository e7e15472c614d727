package dev.insitu.elastic.codec;

/** A choice of a block's elements, and how many they are. */
final class Mask {

  private final long[] words;
  private final int count;

  private Mask(long[] words) {
    this.words = words;
    count = Words.count(words);
  }

  /** The set bits; the array is kept. */
  static Mask of(long[] words) {
    return new Mask(words);
  }

  /** The set bits of {@code a} that are not set in {@code b}. */
  static Mask difference(long[] a, long[] b) {
    long[] words = new long[a.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = a[i] & ~b[i];
    }
    return new Mask(words);
  }

  /** The first {@code length} elements without those of {@code words}. */
  static Mask complement(long[] words, int length) {
    long[] result = new long[words.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = ~words[i];
    }
    int inLast = length & 63;
    if (inLast != 0) {
      result[result.length - 1] &= (1L << inLast) - 1;
    }
    return new Mask(result);
  }

  long[] words() {
    return words;
  }

  /** Elements chosen. */
  int count() {
    return count;
  }

  /** Bytes of one bit per chosen element. */
  int bytes() {
    return Words.bytes(count);
  }
}
