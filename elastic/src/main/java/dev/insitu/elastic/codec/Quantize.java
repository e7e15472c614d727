package dev.insitu.elastic.codec;

/** Weights to codes, exactly (format, section 3). Codes have their sign in bit 15. */
final class Quantize {

  private static final int SIGN = 1 << 15;

  private Quantize() {}

  /**
   * The largest m with m * step at most the magnitude.
   *
   * <p>The rounded quotient is never below m, because m itself is a float; it may be one above.
   * Products are exact.
   *
   * @return the bits that occur in any magnitude; above 2^15 if a weight is not finite
   */
  static int floats(float[] weights, float[] steps, int count, char[] codes) {
    int seen = 0;
    for (int i = 0; i < count; i++) {
      float magnitude = Math.abs(weights[i]);
      int quotient = (int) (magnitude / steps[i]);
      int code = quotient * steps[i] <= magnitude ? quotient : quotient - 1;
      seen |= code;
      codes[i] = (char) (code | Float.floatToRawIntBits(weights[i]) >>> 16 & SIGN);
    }
    return seen;
  }

  /**
   * Differences from the zero point; zero has no sign.
   *
   * @return the bits that occur in any magnitude
   */
  static int ints(int[] weights, int zeroPoint, int count, char[] codes) {
    int seen = 0;
    for (int i = 0; i < count; i++) {
      int difference = weights[i] - zeroPoint;
      int code = Math.abs(difference);
      seen |= code;
      codes[i] = (char) (code | difference >>> 16 & SIGN);
    }
    return seen;
  }
}
