package dev.insitu.elastic;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes the format's primitives into memory. */
final class ByteWriter {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  ByteWriter u8(int value) {
    out.write(value);
    return this;
  }

  ByteWriter u16(int value) {
    return u8(value).u8(value >> 8);
  }

  ByteWriter u32(int value) {
    return u16(value).u16(value >> 16);
  }

  ByteWriter varint(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("A varint is not negative: " + value);
    }
    long rest = value;
    while (rest >= 0x80) {
      out.write((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
    return this;
  }

  ByteWriter raw(byte[] bytes) {
    out.write(bytes, 0, bytes.length);
    return this;
  }

  ByteWriter bytes(byte[] bytes) {
    return varint(bytes.length).raw(bytes);
  }

  ByteWriter string(String text) {
    return bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  ByteWriter digest(Digest digest) {
    return raw(digest.toBytes());
  }

  byte[] toBytes() {
    return out.toByteArray();
  }
}
