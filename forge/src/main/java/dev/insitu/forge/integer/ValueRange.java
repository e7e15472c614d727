package dev.insitu.forge.integer;

/**
 * Between which numbers the codes of a value lie. 0 is always among them.
 *
 * @param low at most 0
 * @param high at least 0
 */
record ValueRange(float low, float high) {

  ValueRange {
    if (!(low <= 0 && high >= 0 && Float.isFinite(high - low))) {
      throw new IllegalArgumentException("range " + low + " to " + high);
    }
  }

  /** The smallest range with both ends and 0 in it. */
  static ValueRange of(double low, double high) {
    return new ValueRange((float) Math.min(low, 0), (float) Math.max(high, 0));
  }
}
