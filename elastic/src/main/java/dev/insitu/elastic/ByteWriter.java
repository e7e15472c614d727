package dev.insitu.elastic;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Writes the format's primitives into memory: whatever it accepts, {@link ByteReader} reads. */
public final class ByteWriter {

  /** Largest varint. */
  static final long MAX_VARINT = 1L << 62;

  /** Most bytes of a string. */
  static final int MAX_STRING = 65_536;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  public ByteWriter u8(int value) {
    out.write(value);
    return this;
  }

  public ByteWriter u16(int value) {
    return u8(value).u8(value >> 8);
  }

  public ByteWriter u32(int value) {
    return u16(value).u16(value >> 16);
  }

  public ByteWriter varint(long value) {
    if (value < 0 || value > MAX_VARINT) {
      throw ElasticException.invalid("The format has numbers from 0 to 2^62, not " + value + ".");
    }
    long rest = value;
    while (rest >= 0x80) {
      out.write((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
    return this;
  }

  public ByteWriter raw(byte[] bytes) {
    out.write(bytes, 0, bytes.length);
    return this;
  }

  public ByteWriter bytes(byte[] bytes) {
    return varint(bytes.length).raw(bytes);
  }

  public ByteWriter bytes(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    return bytes(copy);
  }

  /** A text, not empty. */
  public ByteWriter name(String text) {
    ByteBuffer utf8;
    try {
      utf8 = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
    } catch (CharacterCodingException e) {
      throw new ElasticException(
          ElasticException.Reason.INVALID,
          "The name " + Names.quote(text) + " is not Unicode text.",
          e);
    }
    if (utf8.remaining() == 0 || utf8.remaining() > MAX_STRING) {
      throw ElasticException.invalid(
          "A name has 1 to " + MAX_STRING + " bytes, not " + utf8.remaining() + ".");
    }
    return bytes(utf8);
  }

  public ByteWriter digest(Digest digest) {
    return raw(digest.toBytes());
  }

  public byte[] toBytes() {
    return out.toByteArray();
  }
}
