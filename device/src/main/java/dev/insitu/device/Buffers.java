package dev.insitu.device;

import java.nio.Buffer;
import java.nio.ByteBuffer;

/**
 * Moves in byte buffers by the methods that older Android versions have: those of {@link Buffer}.
 */
final class Buffers {

  private Buffers() {}

  /** Turns a buffer that was filled into one that can be read. */
  static ByteBuffer flip(ByteBuffer bytes) {
    ((Buffer) bytes).flip();
    return bytes;
  }

  /** Moves the position. */
  static ByteBuffer position(ByteBuffer bytes, int position) {
    ((Buffer) bytes).position(position);
    return bytes;
  }

  /** Moves the limit. */
  static ByteBuffer limit(ByteBuffer bytes, int limit) {
    ((Buffer) bytes).limit(limit);
    return bytes;
  }
}
