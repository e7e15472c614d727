package dev.insitu.elastic;

import java.nio.Buffer;
import java.nio.ByteBuffer;

/**
 * Moves in buffers. {@code ByteBuffer}'s own versions of these methods are not on every device;
 * those of {@code Buffer} are.
 */
final class Buffers {

  private Buffers() {}

  /** Moves the position on. */
  static void skip(Buffer buffer, int bytes) {
    buffer.position(buffer.position() + bytes);
  }

  /** The next {@code length} bytes as a view of their own; the position moves past them. */
  static ByteBuffer next(ByteBuffer buffer, int length) {
    ByteBuffer view = buffer.duplicate();
    Buffer bounds = view;
    bounds.limit(bounds.position() + length);
    skip(buffer, length);
    return view.slice();
  }

  /** After writing: what was written, to be read. */
  static void flip(Buffer buffer) {
    buffer.flip();
  }
}
