package dev.insitu.forge;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.ElementType;

/**
 * How many bytes a block's group is usually coded in, told from the block's shape alone: versions
 * of a model that differ in values alone are then cut into chunks at the same places.
 */
final class ExpectedSize {

  private static final double BASE_BITS = 1.5;
  private static final double UPPER_HALF_BITS = 13;
  private static final double LOWER_HALF_BITS = 16;
  private static final double DISTANCE_BITS = 18;
  private static final double HALF_DISTANCE_BITS = 4;

  private ExpectedSize() {}

  /**
   * Bytes of a group's content.
   *
   * @param levels the package's refinements
   */
  static double bytes(Block block, int group, int levels) {
    return block.length()
        / 8.0
        * switch (block.tensor().coding()) {
          case RAW -> 8;
          case VECTOR -> group == 0 ? UPPER_HALF_BITS : LOWER_HALF_BITS;
          case STATED -> statedBits(group, levels);
          case PLANES -> planeBits(block.tensor().type(), group, levels);
        };
  }

  /** Statements between do not count: chunks of planes end where they would without them. */
  private static double statedBits(int group, int levels) {
    return group == 0 ? UPPER_HALF_BITS : group > levels ? LOWER_HALF_BITS : 0;
  }

  private static double planeBits(ElementType type, int group, int levels) {
    if (group == 0) {
      return BASE_BITS;
    }
    if (group <= levels) {
      return 1;
    }
    return type == ElementType.FLOAT32 ? DISTANCE_BITS : HALF_DISTANCE_BITS;
  }
}
