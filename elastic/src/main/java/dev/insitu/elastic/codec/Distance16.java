package dev.insitu.elastic.codec;

import dev.insitu.elastic.ElementType;

/** Distances in the order of float16 and bfloat16 values (format, section 4, group R+1). */
final class Distance16 {

  final byte[][] high = new byte[Distances.CLASSES][];
  final byte[][] low = new byte[Distances.CLASSES][];
  private final int[] at = new int[Distances.CLASSES];

  /** Room for that many elements of each class. */
  Distance16(int[] counts) {
    for (int c = 0; c < Distances.CLASSES; c++) {
      high[c] = new byte[counts[c]];
      low[c] = new byte[counts[c]];
    }
  }

  /**
   * Appends the distances of a tile.
   *
   * @param mask the bits of a code that are its magnitude
   */
  void split(
      ElementType type, char[] codes, int mask, float[] steps, short[] weights, int count) {
    for (int i = 0; i < count; i++) {
      int code = codes[i] & mask;
      int distance = (weights[i] & 0x7fff) - floor(type, code * steps[i]);
      int sizeClass = 32 - Integer.numberOfLeadingZeros(code);
      int place = at[sizeClass]++;
      high[sizeClass][place] = (byte) (distance >> 8);
      low[sizeClass][place] = (byte) distance;
    }
  }

  /**
   * Takes the distances of a tile and writes the bits of its values.
   *
   * @param planeCount a code's magnitude has so many bits, its sign is above
   * @return whether every value is finite
   */
  boolean join(
      ElementType type, char[] codes, int planeCount, float[] steps, int count, short[] target) {
    int mask = (1 << planeCount) - 1;
    int infinity = type == ElementType.BFLOAT16 ? 0x7f80 : 0x7c00;
    boolean finite = true;
    for (int i = 0; i < count; i++) {
      int code = codes[i] & mask;
      int sizeClass = 32 - Integer.numberOfLeadingZeros(code);
      int place = at[sizeClass]++;
      int distance = (high[sizeClass][place] & 0xff) << 8 | low[sizeClass][place] & 0xff;
      int order = floor(type, code * steps[i]) + distance;
      finite &= order < infinity;
      target[i] = (short) (order | codes[i] >> planeCount << 15);
    }
    return finite;
  }

  private static int floor(ElementType type, float value) {
    return type == ElementType.BFLOAT16 ? Half.floorBfloat16(value) : Half.floorFloat16(value);
  }
}
