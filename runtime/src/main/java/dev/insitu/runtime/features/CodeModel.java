package dev.insitu.runtime.features;

import dev.insitu.elastic.ElasticException;

/**
 * What the codes of a feature tensor look like: mostly zeros (ReLU), the others near others. A code
 * is a bit for zero, one for the sign, its bit length in unary and its lower bits, as in DeepCABAC
 * (Wiedemann et al. 2019); the odds of the first and third depend on the codes to the left and
 * above. Of the lower bits only the highest has odds of its own.
 */
final class CodeModel {

  /** Longest code. */
  static final int MOST_BITS = 24;

  private static final int SURROUNDINGS = 6;
  private static final int ZERO = 0;
  private static final int SIGN = ZERO + SURROUNDINGS;
  private static final int LENGTH = SIGN + 1;
  private static final int HIGHEST = LENGTH + SURROUNDINGS * MOST_BITS;

  /** How many contexts there are. */
  static final int CONTEXTS = HIGHEST + MOST_BITS;

  private CodeModel() {}

  /**
   * Goes through the codes of a tensor, reading or writing.
   *
   * @param codes int[n] in C order; written by a decoder
   * @param width length of the last dimension
   * @param plane elements of the last two dimensions: nothing above the first row of each
   * @param signed whether there may be negative codes
   */
  static void codes(BitCoder coder, int[] codes, int width, int plane, boolean signed) {
    for (int i = 0; i < codes.length; i++) {
      int left = i % width == 0 ? 0 : Math.abs(codes[i - 1]);
      int above = i % plane < width ? 0 : Math.abs(codes[i - width]);
      codes[i] = code(coder, codes[i], surroundings(left + above), signed);
    }
  }

  /** Which surroundings magnitudes of that sum make: 0, 1, 2, 3 to 4, 5 to 8, more. */
  private static int surroundings(int sum) {
    return sum < 3 ? sum : sum < 5 ? 3 : sum < 9 ? 4 : 5;
  }

  private static int code(BitCoder coder, int code, int surroundings, boolean signed) {
    if (coder.bit(ZERO + surroundings, code == 0 ? 0 : 1) == 0) {
      return 0;
    }
    boolean negative = signed && coder.bit(SIGN, code < 0 ? 1 : 0) == 1;
    int magnitude = magnitude(coder, Math.abs(code), LENGTH + surroundings * MOST_BITS);
    return negative ? -magnitude : magnitude;
  }

  /** A number of 1 or more: its bit length less 1 in unary, then what follows its highest bit. */
  private static int magnitude(BitCoder coder, int number, int contexts) {
    int lower = 31 - Integer.numberOfLeadingZeros(Math.max(1, number));
    int count = 0;
    while (coder.bit(contexts + count, count < lower ? 1 : 0) == 1) {
      count++;
      if (count == MOST_BITS) {
        throw ElasticException.corrupt("A feature's code is longer than 24 bits.");
      }
    }
    int found = 1;
    for (int bit = count - 1; bit >= 0; bit--) {
      int next = number >>> bit & 1;
      found = found << 1 | (bit == count - 1 ? coder.bit(HIGHEST + bit, next) : coder.even(next));
    }
    return found;
  }
}
