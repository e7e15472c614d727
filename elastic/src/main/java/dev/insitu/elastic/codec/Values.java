package dev.insitu.elastic.codec;

import dev.insitu.elastic.ElementType;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Runs of weights in a buffer, little-endian, as floats or integers. */
final class Values {

  private Values() {}

  /** The buffer's remaining bytes as a view of their own, little-endian. */
  static ByteBuffer view(ByteBuffer buffer) {
    return buffer.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The buffer from byte {@code offset} on, little-endian, independent of its position. */
  static ByteBuffer at(ByteBuffer buffer, int offset) {
    ByteBuffer copy = buffer.duplicate();
    move(copy, offset);
    return view(copy);
  }

  /** {@code length} bytes from byte {@code offset} on, likewise. */
  static ByteBuffer slice(ByteBuffer buffer, int offset, int length) {
    ByteBuffer copy = buffer.duplicate();
    limit(copy, offset + length);
    return at(copy, offset);
  }

  /** Moves the position on. */
  static void skip(Buffer buffer, int bytes) {
    buffer.position(buffer.position() + bytes);
  }

  // The versions of these two that ByteBuffer has itself are not on every device.

  private static void move(Buffer buffer, int position) {
    buffer.position(position);
  }

  private static void limit(Buffer buffer, int limit) {
    buffer.limit(limit);
  }

  /** Reads float weights of any float type. */
  static void readFloats(ElementType type, ByteBuffer view, int first, int count, float[] target) {
    ByteBuffer from = at(view, first * type.bytes());
    if (type == ElementType.FLOAT32) {
      from.asFloatBuffer().get(target, 0, count);
      return;
    }
    short[] bits = new short[count];
    from.asShortBuffer().get(bits);
    boolean brain = type == ElementType.BFLOAT16;
    for (int i = 0; i < count; i++) {
      target[i] = brain ? Half.bfloat16ToFloat(bits[i]) : Half.float16ToFloat(bits[i]);
    }
  }

  /** Writes float weights, rounded to the nearest of the type, ties to even. */
  static void writeFloats(ElementType type, ByteBuffer view, int first, int count, float[] values) {
    ByteBuffer to = at(view, first * type.bytes());
    if (type == ElementType.FLOAT32) {
      to.asFloatBuffer().put(values, 0, count);
      return;
    }
    short[] bits = new short[count];
    boolean brain = type == ElementType.BFLOAT16;
    for (int i = 0; i < count; i++) {
      bits[i] = (short) (brain ? Half.toBfloat16(values[i]) : Half.toFloat16(values[i]));
    }
    to.asShortBuffer().put(bits);
  }

  /** Reads int8 or uint8 weights. */
  static void readInts(ElementType type, ByteBuffer view, int first, int count, int[] target) {
    byte[] bytes = new byte[count];
    at(view, first).get(bytes);
    int mask = type == ElementType.UINT8 ? 0xff : -1;
    for (int i = 0; i < count; i++) {
      target[i] = bytes[i] & mask;
    }
  }
}
