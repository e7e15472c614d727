package dev.insitu.elastic.codec;

/**
 * Distances in the order of float32 values (format, section 4, group R+1).
 *
 * <p>The arrays and counters are copied to locals: stores of bytes could otherwise change them for all
 * the compiler knows.
 */
final class Distance32 {

  private static final int MAGNITUDE = 0x7fffffff;
  private static final int LARGEST_FINITE = 0x7f7fffff;

  private Distance32() {}

  /**
   * Appends the distances of a tile.
   *
   * @param mask the bits of a code that are its magnitude
   * @param weights the bits of the values
   */
  static void split(
      char[] codes, int mask, float[] steps, int[] weights, int count, Distances to) {
    byte[] top = to.top;
    byte[] middle = to.middle;
    byte[] last = to.last;
    int[] topAt = to.topAt;
    int middleAt = to.middleAt;
    int lastAt = to.lastAt;
    for (int i = 0; i < count; i++) {
      int code = codes[i] & mask;
      int order = weights[i] & MAGNITUDE;
      int sizeClass = 32 - Integer.numberOfLeadingZeros(code);
      int distance;
      if (code == 0) {
        distance = Float.floatToRawIntBits(steps[i]) - 1 - order;
        to.first[to.firstAt++] = (byte) (distance >>> 24);
      } else {
        distance = order - Float.floatToRawIntBits(code * steps[i]);
      }
      last[lastAt++] = (byte) distance;
      int upper = distance >> 8;
      if (sizeClass < Distances.SHORT_CLASS) {
        middle[middleAt++] = (byte) upper;
        upper >>= 8;
      }
      top[topAt[sizeClass]++] = (byte) upper;
    }
    to.middleAt = middleAt;
    to.lastAt = lastAt;
  }

  /**
   * Takes the distances of a tile and writes the bits of its values.
   *
   * @param planeCount a code's magnitude has so many bits, its sign is above
   * @return whether every distance is possible
   */
  static boolean join(
      char[] codes, int planeCount, float[] steps, int count, Distances from, int[] target) {
    byte[] top = from.top;
    byte[] middle = from.middle;
    byte[] last = from.last;
    int[] topAt = from.topAt;
    int middleAt = from.middleAt;
    int lastAt = from.lastAt;
    int mask = (1 << planeCount) - 1;
    int wrong = 0;
    for (int i = 0; i < count; i++) {
      int code = codes[i] & mask;
      int sizeClass = 32 - Integer.numberOfLeadingZeros(code);
      int distance = top[topAt[sizeClass]++] & 0xff;
      if (sizeClass < Distances.SHORT_CLASS) {
        distance = distance << 8 | middle[middleAt++] & 0xff;
      }
      distance = distance << 8 | last[lastAt++] & 0xff;
      int order;
      if (code == 0) {
        distance |= from.first[from.firstAt++] << 24;
        order = Float.floatToRawIntBits(steps[i]) - 1 - distance;
      } else {
        order = Float.floatToRawIntBits(code * steps[i]) + distance;
      }
      wrong |= distance | order | LARGEST_FINITE - order;
      target[i] = order | codes[i] >> planeCount << 31;
    }
    from.middleAt = middleAt;
    from.lastAt = lastAt;
    return wrong >= 0;
  }
}
