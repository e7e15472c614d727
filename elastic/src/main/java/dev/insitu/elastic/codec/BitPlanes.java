package dev.insitu.elastic.codec;

import java.util.Arrays;

/** The codes of one block as bits: a word array per magnitude plane, and the signs. */
final class BitPlanes {

  /** Planes of a magnitude below 2^15. */
  static final int MAX = 15;

  /** Stands for a plane that is not there, or has no bit set. */
  private static final long[] ABSENT = {};

  private final int length;
  private final long[][] planes = new long[MAX][];
  private final long[] signs;

  /** Codes that are all zero. */
  BitPlanes(int length) {
    this.length = length;
    Arrays.fill(planes, ABSENT);
    signs = new long[words()];
  }

  /** Elements. */
  int length() {
    return length;
  }

  int words() {
    return Words.words(length);
  }

  boolean has(int k) {
    return planes[k].length > 0;
  }

  /** Bit k of every magnitude; only where {@link #has(int)} says so. */
  long[] plane(int k) {
    return planes[k];
  }

  void set(int k, long[] plane) {
    planes[k] = plane;
  }

  /** Bit set: the element is negative. */
  long[] signs() {
    return signs;
  }

  /** The elements whose magnitude has a bit at or above plane k, as a new array. */
  long[] significant(int k) {
    long[] result = new long[words()];
    for (int i = k; i < MAX; i++) {
      if (has(i)) {
        Words.or(result, planes[i]);
      }
    }
    return result;
  }

  /** Whether one of {@code count} elements from {@code first} on has a bit at or above plane k. */
  boolean reaches(int k, int first, int count) {
    long any = 0;
    for (int i = k; i < MAX; i++) {
      if (has(i)) {
        for (int word = first >>> 6; word < Words.words(first + count); word++) {
          any |= planes[i][word];
        }
      }
    }
    return any != 0;
  }

  /** How many elements have a magnitude of each bit length, 0 to 15. */
  int[] bitLengths() {
    int[] counts = new int[MAX + 1];
    long[] above = new long[words()];
    int counted = 0;
    for (int k = MAX - 1; k >= 0; k--) {
      if (has(k)) {
        Words.or(above, planes[k]);
        int now = Mask.of(above).count();
        counts[k + 1] = now - counted;
        counted = now;
      }
    }
    counts[0] = length - counted;
    return counts;
  }

  long memoryBytes() {
    int arrays = 1;
    for (long[] plane : planes) {
      arrays += plane.length > 0 ? 1 : 0;
    }
    return 8L * words() * arrays;
  }
}
