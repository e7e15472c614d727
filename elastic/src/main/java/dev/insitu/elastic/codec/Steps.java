package dev.insitu.elastic.codec;

/**
 * Step codes: the u16 that stands for a row's quantisation step.
 *
 * <p>A step is the float32 whose bits are {@code code << 20}: eight bits of exponent and three of
 * mantissa, so neighbouring steps differ by 6.7 to 12.5 %. The product of a step and a code of 15
 * bits is exact in float32.
 */
public final class Steps {

  /** Smallest step code; its step is 2^-125. */
  public static final int MIN = 16;

  /** Largest step code; its step is 1.875 * 2^127. */
  public static final int MAX = 2039;

  /** Magnitudes of codes are below this. */
  public static final int MAGNITUDES = 1 << 15;

  private static final int DROPPED_BITS = 20;

  private Steps() {}

  /** The step of a code, in units of the weights. */
  public static float value(int code) {
    if (!isCode(code)) {
      throw new IllegalArgumentException("A step code is " + MIN + " to " + MAX + ", not " + code);
    }
    return Float.intBitsToFloat(code << DROPPED_BITS);
  }

  /** Whether the number is a step code. */
  public static boolean isCode(int code) {
    return code >= MIN && code <= MAX;
  }

  /** The code of the largest step that is at most {@code step}; {@link #MIN} below the smallest. */
  public static int nearestAtMost(float step) {
    if (!(step > value(MIN))) {
      return MIN;
    }
    return Math.min(MAX, Float.floatToRawIntBits(step) >> DROPPED_BITS);
  }

  /** The code of the step nearest to {@code step}. */
  public static int nearest(float step) {
    int below = nearestAtMost(step);
    if (below == MAX) {
      return MAX;
    }
    return step - value(below) <= value(below + 1) - step ? below : below + 1;
  }

  /**
   * The smallest code from {@code code} on with which every magnitude up to {@code maxAbs} has a
   * code below {@link #MAGNITUDES}.
   *
   * @param maxAbs largest magnitude of the row, finite
   */
  public static int fit(int code, float maxAbs) {
    if (!Float.isFinite(maxAbs)) {
      throw new IllegalArgumentException("No step fits a row that holds " + maxAbs);
    }
    int fitting = Math.max(code, nearestAtMost(maxAbs / MAGNITUDES));
    while (value(fitting) * MAGNITUDES <= maxAbs) {
      fitting++;
    }
    return fitting;
  }
}
