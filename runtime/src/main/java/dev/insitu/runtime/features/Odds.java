package dev.insitu.runtime.features;

import java.util.Arrays;

/**
 * What is known of the bits in each context: the mean of two running shares of zeros, one that
 * follows quickly and one that is exact when the source is steady.
 */
final class Odds {

  /** Bits of a probability. */
  static final int BITS = 16;

  private static final int QUICK = 4;
  private static final int SLOW = 7;
  private static final int LEAST = 32;

  private final int[] quick;
  private final int[] slow;

  Odds(int contexts) {
    quick = new int[contexts];
    slow = new int[contexts];
    Arrays.fill(quick, 1 << (BITS - 1));
    Arrays.fill(slow, 1 << (BITS - 1));
  }

  /** The probability of a zero as a share of 2^16, never nothing and never all. */
  int ofZero(int context) {
    int mean = (quick[context] + slow[context]) >>> 1;
    return Math.max(LEAST, Math.min((1 << BITS) - LEAST, mean));
  }

  /** Takes a bit into account. */
  void learn(int context, int bit) {
    int towards = bit == 0 ? 1 << BITS : 0;
    quick[context] += (towards - quick[context]) >> QUICK;
    slow[context] += (towards - slow[context]) >> SLOW;
  }
}
