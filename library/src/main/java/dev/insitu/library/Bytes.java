package dev.insitu.library;

import java.nio.ByteBuffer;

/** Buffers and arrays. */
final class Bytes {

  private Bytes() {}

  /** What remains of a buffer, in an array of its own; the buffer's position does not move. */
  static byte[] toArray(ByteBuffer bytes) {
    byte[] array = new byte[bytes.remaining()];
    bytes.duplicate().get(array);
    return array;
  }
}
