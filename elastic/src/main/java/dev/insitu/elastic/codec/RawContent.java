package dev.insitu.elastic.codec;

import java.nio.ByteBuffer;

/** The bytes of a RAW block. */
final class RawContent implements BlockContent {

  private final byte[] bytes;

  RawContent(byte[] bytes) {
    this.bytes = bytes;
  }

  @Override
  public void rebuild(ByteBuffer target) {
    target.put(bytes);
  }

  @Override
  public long memoryBytes() {
    return bytes.length;
  }
}
