package dev.insitu.elastic.codec;

import dev.insitu.elastic.ElementType;

/** Distances in the order of float16 and bfloat16 values (format, section 4, group R+1). */
final class Distance16 {

  final byte[][] high = new byte[SizeClass.COUNT][];
  final byte[][] low = new byte[SizeClass.COUNT][];
  private final int[] at = new int[SizeClass.COUNT];

  /** Room for that many elements of each class. */
  Distance16(int[] counts) {
    for (int c = 0; c < SizeClass.COUNT; c++) {
      high[c] = new byte[counts[c]];
      low[c] = new byte[counts[c]];
    }
  }

  /**
   * Appends the distances of a tile.
   *
   * @param steps of its elements
   * @param weights the bits of its values
   */
  void split(ElementType type, CodeTile tile, float[] steps, short[] weights) {
    for (int i = 0; i < tile.count(); i++) {
      int code = tile.codes[i] & tile.mask();
      int distance = (weights[i] & 0x7fff) - floor(type, code * steps[i]);
      int sizeClass = SizeClass.of(code);
      int place = at[sizeClass]++;
      high[sizeClass][place] = (byte) (distance >> 8);
      low[sizeClass][place] = (byte) distance;
    }
  }

  /**
   * Takes the distances of a tile and writes the bits of its values.
   *
   * @param steps of its elements
   * @return whether every value is finite
   */
  boolean join(ElementType type, CodeTile tile, float[] steps, short[] target) {
    int infinity = type == ElementType.BFLOAT16 ? 0x7f80 : 0x7c00;
    boolean finite = true;
    for (int i = 0; i < tile.count(); i++) {
      int code = tile.codes[i] & tile.mask();
      int sizeClass = SizeClass.of(code);
      int place = at[sizeClass]++;
      int distance = (high[sizeClass][place] & 0xff) << 8 | low[sizeClass][place] & 0xff;
      int order = floor(type, code * steps[i]) + distance;
      finite &= order < infinity;
      target[i] = (short) (order | tile.codes[i] >> tile.planeCount() << 15);
    }
    return finite;
  }

  private static int floor(ElementType type, float value) {
    return type == ElementType.BFLOAT16 ? Half.floorBfloat16(value) : Half.floorFloat16(value);
  }
}
