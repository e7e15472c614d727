package dev.insitu.forge;

import dev.insitu.elastic.ElementType;
import java.nio.ByteBuffer;

/** Weights as numbers, from their little-endian bytes. */
final class Values {

  private Values() {}

  /** The value at a byte index. */
  static float get(ElementType type, ByteBuffer bytes, int index) {
    return switch (type) {
      case FLOAT32 -> bytes.getFloat(index);
      case FLOAT16 -> Float.float16ToFloat(bytes.getShort(index));
      case BFLOAT16 -> Float.intBitsToFloat(bytes.getShort(index) << 16);
      case INT8 -> bytes.get(index);
      case UINT8 -> bytes.get(index) & 0xff;
      default -> throw new IllegalArgumentException("Values of " + type + " are not coded as numbers");
    };
  }
}
