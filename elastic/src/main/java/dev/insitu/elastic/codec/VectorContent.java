package dev.insitu.elastic.codec;

import java.nio.ByteBuffer;

/** The upper halves of a VECTOR block's floats, rounded, and the distances that make them exact. */
final class VectorContent implements BlockContent {

  private final short[] upper;

  private VectorContent(short[] upper) {
    this.upper = upper;
  }

  /** Reads a block from streams V1 and V0. */
  static VectorContent read(ByteBuffer high, ByteBuffer low, int length) {
    short[] upper = new short[length];
    for (int i = 0; i < length; i++) {
      int rotated = (high.get() & 0xff) << 8 | low.get() & 0xff;
      upper[i] = (short) (rotated >>> 1 | rotated << 15);
    }
    return new VectorContent(upper);
  }

  /** Splits a block's values: upper halves to V1 and V0. */
  static void writeUpper(ByteBuffer values, ByteBuffer high, ByteBuffer low) {
    while (values.hasRemaining()) {
      int upper = upper(values.getInt());
      int rotated = upper << 1 | upper >>> 15;
      high.put((byte) (rotated >> 8));
      low.put((byte) rotated);
    }
  }

  /** Distances from the upper halves to D1 and D0. */
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

  /** Elements. */
  int length() {
    return upper.length;
  }

  /** Writes the exact values from streams D1 and D0. */
  void rebuildExact(ByteBuffer high, ByteBuffer low, ByteBuffer target) {
    for (short half : upper) {
      int distance = high.get() << 8 | low.get() & 0xff;
      target.putInt((half << 16) + distance);
    }
  }

  @Override
  public void rebuild(ByteBuffer target) {
    for (short half : upper) {
      target.putInt(half << 16);
    }
  }

  @Override
  public long memoryBytes() {
    return 2L * upper.length;
  }
}
