package dev.insitu.elastic;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads the format's primitives from bytes somebody else wrote: no count is believed beyond what is
 * left.
 */
public final class ByteReader {

  private final String what;
  private final ByteBuffer bytes;

  /**
   * @param what names the object in errors, as in "manifest"
   * @param bytes the object; its own position stays
   */
  public ByteReader(String what, ByteBuffer bytes) {
    this.what = what;
    this.bytes = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  public int remaining() {
    return bytes.remaining();
  }

  public int u8() {
    need(1);
    return bytes.get() & 0xff;
  }

  public int u16() {
    need(2);
    return bytes.getShort() & 0xffff;
  }

  /** A u32 that must be at most {@code max}. */
  public int u32(String name, int max) {
    need(4);
    int value = bytes.getInt();
    if (value < 0 || value > max) {
      throw tooLarge(name, value & 0xffffffffL, max);
    }
    return value;
  }

  /** A byte that is 0 or 1. */
  public boolean flag(String name) {
    int value = u8();
    if (value > 1) {
      throw corrupt(name + " is " + value + ", neither 0 nor 1");
    }
    return value == 1;
  }

  /** A number of at most 2^62 in its shortest form. */
  public long varint() {
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      int next = u8();
      value |= (long) (next & 0x7f) << shift;
      if (next < 0x80) {
        if (next == 0 && shift > 0) {
          throw corrupt("a number is not in its shortest form");
        }
        if (value > ByteWriter.MAX_VARINT) {
          throw corrupt("a number is above 2^62");
        }
        return value;
      }
    }
    throw corrupt("a number is longer than 9 bytes");
  }

  /** A varint that must be at most {@code max}. */
  public int count(String name, int max) {
    long value = varint();
    if (value > max) {
      throw tooLarge(name, value, max);
    }
    return (int) value;
  }

  /** A number of items of at least one byte each, so never more than what is left. */
  public int itemCount(String name, int max) {
    int count = count(name, max);
    if (count > remaining()) {
      throw corrupt(name + " is " + count + " with only " + remaining() + " bytes left");
    }
    return count;
  }

  /** The next {@code length} bytes, without a copy. */
  public ByteBuffer slice(int length) {
    need(length);
    return Buffers.next(bytes, length).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A text, not empty. */
  public String name(String name) {
    int length = itemCount("the length of " + name, ByteWriter.MAX_STRING);
    if (length == 0) {
      throw corrupt(name + " is empty");
    }
    byte[] utf8 = new byte[length];
    bytes.get(utf8);
    String text = new String(utf8, StandardCharsets.UTF_8);
    if (!Arrays.equals(utf8, text.getBytes(StandardCharsets.UTF_8))) {
      throw corrupt(name + " is not UTF-8");
    }
    return text;
  }

  public Digest digest() {
    need(Digest.BYTES);
    return Digest.read(bytes);
  }

  /** Refuses bytes after the end. */
  public void end() {
    if (bytes.hasRemaining()) {
      throw corrupt("there are " + bytes.remaining() + " bytes after its end");
    }
  }

  public ElasticException corrupt(String problem) {
    return ElasticException.corrupt("The " + what + " is corrupt: " + problem + ".");
  }

  private ElasticException tooLarge(String name, long value, int max) {
    return ElasticException.limit(
        "The " + what + " gives " + name + " as " + value + "; at most " + max + " is allowed.");
  }

  private void need(int length) {
    if (length > bytes.remaining()) {
      throw ElasticException.corrupt(
          "The "
              + what
              + " ends "
              + (length - bytes.remaining())
              + " bytes too early.\nMaybe it was cut in transfer.");
    }
  }
}
