package dev.insitu.elastic.codec;

import dev.insitu.elastic.ElementType;

/** The head of a PLANES block. Immutable. */
final class PlaneHead {

  private final int planeCount;
  private final byte[] rhos;
  private final int zeroPoint;
  private final RowSteps steps;

  /**
   * @param planeCount P, the least number of planes that hold every magnitude
   * @param rhos for each level 0..s the sixteenths of a bin at which values are rebuilt; kept
   * @param zeroPoint the weight that has code 0; 0 for float types
   * @param steps the step of each row; none for integer types
   */
  PlaneHead(int planeCount, byte[] rhos, int zeroPoint, RowSteps steps) {
    this.planeCount = planeCount;
    this.rhos = rhos;
    this.zeroPoint = zeroPoint;
    this.steps = steps;
  }

  /** Whether a number is a value of an integer type, as its zero points are. */
  static boolean isZeroPoint(ElementType type, int zeroPoint) {
    int min = least(type);
    return zeroPoint >= min && zeroPoint <= min + 255;
  }

  /** The least value of int8 or uint8. */
  static int least(ElementType type) {
    return type == ElementType.INT8 ? Byte.MIN_VALUE : 0;
  }

  int planeCount() {
    return planeCount;
  }

  int rho(int level) {
    return rhos[level];
  }

  /** All rhos, two to a byte. */
  byte[] packedRhos() {
    return Fields.pack(rhos, rhos.length, 4);
  }

  /** s + 1. */
  int levels() {
    return rhos.length;
  }

  int zeroPoint() {
    return zeroPoint;
  }

  RowSteps steps() {
    return steps;
  }

  long memoryBytes() {
    return rhos.length + steps.memoryBytes();
  }
}
