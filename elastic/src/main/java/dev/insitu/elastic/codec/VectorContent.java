package dev.insitu.elastic.codec;

import dev.insitu.elastic.ElementType;
import java.nio.ByteBuffer;

/**
 * The halves of a VECTOR or STATED block's floats: their upper 16 bits, rounded, or all bits of
 * 16-bit types. A statement puts others in their place.
 */
final class VectorContent implements BlockContent {

  private final boolean wide;
  private short[] halves;

  private VectorContent(ElementType type, short[] halves) {
    this.wide = type == ElementType.FLOAT32;
    this.halves = halves;
  }

  /** Reads a block from streams V1 and V0. */
  static VectorContent read(ElementType type, ByteBuffer high, ByteBuffer low, int length) {
    short[] halves = new short[length];
    for (int i = 0; i < length; i++) {
      int rotated = (high.get() & 0xff) << 8 | low.get() & 0xff;
      halves[i] = (short) (rotated >>> 1 | rotated << 15);
    }
    return new VectorContent(type, halves);
  }

  /** Writes halves to V1 and V0. */
  static void write(short[] halves, ByteBuffer high, ByteBuffer low) {
    for (short half : halves) {
      int bits = half & 0xffff;
      int rotated = bits << 1 | bits >>> 15;
      high.put((byte) (rotated >> 8));
      low.put((byte) rotated);
    }
  }

  /** Distances of float32 values from their upper halves to D1 and D0. */
  static void writeDistances(ByteBuffer values, ByteBuffer high, ByteBuffer low) {
    while (values.hasRemaining()) {
      int bits = values.getInt();
      int distance = bits - (upper(bits) << 16);
      high.put((byte) (distance >> 8));
      low.put((byte) distance);
    }
  }

  /** The upper half of a float's bits, rounded half up. */
  static int upper(int bits) {
    return bits + 0x8000 >>> 16;
  }

  /** The halves of a block's values. */
  static short[] halves(ElementType type, ByteBuffer values) {
    short[] halves = new short[values.remaining() / type.bytes()];
    for (int i = 0; i < halves.length; i++) {
      halves[i] = type == ElementType.FLOAT32 ? (short) upper(values.getInt()) : values.getShort();
    }
    return halves;
  }

  /** The halves held. */
  short[] halves() {
    return halves;
  }

  /** Takes other halves in their place. */
  void restate(short[] others) {
    halves = others;
  }

  /** Writes exact float32 values from halves and streams D1 and D0. */
  static void writeExact(short[] halves, ByteBuffer high, ByteBuffer low, ByteBuffer target) {
    for (short half : halves) {
      int distance = high.get() << 8 | low.get() & 0xff;
      target.putInt((half << 16) + distance);
    }
  }

  /** Writes the values of 16-bit types. */
  static void write(short[] halves, ByteBuffer target) {
    for (short half : halves) {
      target.putShort(half);
    }
  }

  @Override
  public void rebuild(ByteBuffer target) {
    if (!wide) {
      write(halves, target);
      return;
    }
    for (short half : halves) {
      target.putInt(half << 16);
    }
  }

  @Override
  public long memoryBytes() {
    return 2L * halves.length;
  }
}
