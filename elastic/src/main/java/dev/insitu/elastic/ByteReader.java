package dev.insitu.elastic;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Reads the format's primitives from bytes somebody else wrote: no count is believed beyond what is left. */
final class ByteReader {

  private final String what;
  private final ByteBuffer bytes;

  /**
   * @param what names the object in errors, as in "manifest"
   * @param bytes the object; its position moves
   */
  ByteReader(String what, ByteBuffer bytes) {
    this.what = what;
    this.bytes = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  int remaining() {
    return bytes.remaining();
  }

  int position() {
    return bytes.position();
  }

  int u8() {
    need(1);
    return bytes.get() & 0xff;
  }

  int u16() {
    need(2);
    return bytes.getShort() & 0xffff;
  }

  /** A u32 that must be at most {@code max}. */
  int u32(String name, int max) {
    need(4);
    int value = bytes.getInt();
    if (value < 0 || value > max) {
      throw ElasticException.limit(
          "The " + what + " gives " + name + " as " + (value & 0xffffffffL) + "; at most " + max + " is allowed.");
    }
    return value;
  }

  long varint() {
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      int next = u8();
      value |= (long) (next & 0x7f) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw corrupt("a number longer than 9 bytes");
  }

  /** A varint that must be at most {@code max}. */
  int count(String name, long max) {
    long value = varint();
    if (value > Math.min(max, Integer.MAX_VALUE)) {
      throw ElasticException.limit(
          "The " + what + " gives " + name + " as " + value + "; at most " + max + " is allowed.");
    }
    return (int) value;
  }

  /** A number of items of at least one byte each, so never more than what is left. */
  int itemCount(String name, int max) {
    int count = count(name, max);
    if (count > remaining()) {
      throw corrupt(name + " " + count + " with only " + remaining() + " bytes left");
    }
    return count;
  }

  /** The next {@code length} bytes, without a copy. */
  ByteBuffer slice(int length) {
    need(length);
    ByteBuffer slice = bytes.slice().limit(length).slice().order(ByteOrder.LITTLE_ENDIAN);
    bytes.position(bytes.position() + length);
    return slice;
  }

  /** A length and that many bytes, copied. */
  byte[] bytes(String name) {
    ByteBuffer slice = slice(itemCount(name, Integer.MAX_VALUE));
    byte[] copy = new byte[slice.remaining()];
    slice.get(copy);
    return copy;
  }

  String string(String name) {
    ByteBuffer slice = slice(itemCount(name, 65_536));
    try {
      CharBuffer text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(slice);
      return text.toString();
    } catch (CharacterCodingException e) {
      throw new ElasticException(
          ElasticException.Reason.CORRUPT, "The " + what + " holds a " + name + " that is not UTF-8.", e);
    }
  }

  Digest digest() {
    need(Digest.BYTES);
    return Digest.read(bytes);
  }

  /** Refuses bytes after the end. */
  void end() {
    if (bytes.hasRemaining()) {
      throw corrupt(bytes.remaining() + " bytes after its end");
    }
  }

  ElasticException corrupt(String problem) {
    return ElasticException.corrupt("The " + what + " is corrupt: " + problem + ".");
  }

  private void need(int length) {
    if (length > bytes.remaining()) {
      throw ElasticException.corrupt(
          "The " + what + " ends " + (length - bytes.remaining()) + " bytes too early.\nMaybe it was cut in transfer.");
    }
  }
}
