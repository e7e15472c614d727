package dev.insitu.forge;

import dev.insitu.elastic.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;

/** Weights as numbers, from their little-endian bytes. */
public final class Values {

  private Values() {}

  /**
   * Reads values.
   *
   * @param type one of the types that are coded as numbers
   * @param bytes the values from the position on; the position does not move
   * @param first number of the first value to read
   * @param count how many
   * @param into where they go, from index 0 on
   */
  public static void read(ElementType type, ByteBuffer bytes, int first, int count, float[] into) {
    ByteBuffer view = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    switch (type) {
      case FLOAT32 -> view.asFloatBuffer().get(first, into, 0, count);
      case FLOAT16 -> {
        ShortBuffer halves = view.asShortBuffer();
        for (int i = 0; i < count; i++) {
          into[i] = Float.float16ToFloat(halves.get(first + i));
        }
      }
      case BFLOAT16 -> {
        ShortBuffer halves = view.asShortBuffer();
        for (int i = 0; i < count; i++) {
          into[i] = Float.intBitsToFloat(halves.get(first + i) << 16);
        }
      }
      default -> throw new IllegalArgumentException("Values of " + type + " are no floats");
    }
  }

  /** The largest magnitude among the values [{@code from}, {@code to}); NaN if there is a NaN. */
  static float largest(float[] values, int from, int to) {
    float largest = 0;
    for (int i = from; i < to; i++) {
      largest = Math.max(largest, Math.abs(values[i]));
    }
    return largest;
  }
}
