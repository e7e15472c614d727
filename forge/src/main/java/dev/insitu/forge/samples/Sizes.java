package dev.insitu.forge.samples;

import dev.insitu.elastic.ElementType;
import java.util.Arrays;

/** Sizes of arrays of values, computed without overflow. */
final class Sizes {

  /** Most bytes of an array that is held in memory. */
  static final int MOST = Integer.MAX_VALUE - 64;

  private Sizes() {}

  /**
   * Bytes of an array; {@link Long#MAX_VALUE} if there are more.
   *
   * @throws SampleException if a dimension is negative
   */
  static long bytes(ElementType type, long... shape) {
    long bytes = type.bytes();
    for (long dim : shape) {
      if (dim < 0) {
        throw new SampleException(
            "The shape " + Arrays.toString(shape) + " has a negative dimension.");
      }
      bytes = product(bytes, dim);
    }
    return bytes;
  }

  /** The product of two numbers that are not negative; {@link Long#MAX_VALUE} if it is more. */
  static long product(long a, long b) {
    return b != 0 && a > Long.MAX_VALUE / b ? Long.MAX_VALUE : a * b;
  }
}
