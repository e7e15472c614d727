package dev.insitu.runtime;

import java.nio.Buffer;
import java.nio.ByteBuffer;

/** Moves of a buffer's marks that Android knows only under the general type. */
final class Buffers {

  private Buffers() {}

  /** Sets position 0 and a limit. */
  static void window(Buffer buffer, int limit) {
    buffer.clear();
    buffer.limit(limit);
  }

  /** Makes what was written readable. */
  static ByteBuffer flip(ByteBuffer buffer) {
    Buffer plain = buffer;
    plain.flip();
    return buffer;
  }
}
