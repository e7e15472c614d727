package dev.insitu.model;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * Walks protobuf's wire format forward through a file, one buffer at a time, so that skipped bytes
 * are never loaded. What is copied is counted against one limit for the whole file.
 */
final class WireReader {

  /** Most bytes a model may have besides its weights. */
  static final long MAX_COPIED_BYTES = 256L << 20;

  static final int BUFFER_BYTES = 1 << 16;

  private final DataFiles files;
  private final int file;
  private final long size;
  private final ByteBuffer buffer;
  private long bufferStart;
  private long copied;

  WireReader(DataFiles files, int file, int bufferBytes) {
    this.files = files;
    this.file = file;
    this.size = files.size(file);
    this.buffer = ByteBuffer.allocate(bufferBytes).limit(0);
  }

  int file() {
    return file;
  }

  long size() {
    return size;
  }

  long position() {
    return bufferStart + buffer.position();
  }

  /** Goes to a place in the file. */
  void seek(long position) {
    long inBuffer = position - bufferStart;
    if (inBuffer >= 0 && inBuffer <= buffer.limit()) {
      buffer.position((int) inBuffer);
    } else {
      bufferStart = position;
      buffer.limit(0);
    }
  }

  /** The next field's tag, or 0 at the end of the message. */
  int tag(long end) {
    if (position() >= end) {
      return 0;
    }
    long tag = varint(end);
    if (tag <= 7 || tag > 0xffff_ffffL) {
      throw malformed("field tag " + Long.toUnsignedString(tag));
    }
    return (int) tag;
  }

  /** A varint, any of its 64 bits. */
  long varint(long end) {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      int next = next(end);
      value |= (long) (next & 0x7f) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw malformed("a number of more than ten bytes");
  }

  /** A little-endian number of four or eight bytes. */
  long fixed(int count, long end) {
    long value = 0;
    for (int i = 0; i < count; i++) {
      value |= (long) next(end) << (8 * i);
    }
    return value;
  }

  /**
   * The end of the length-delimited field that begins here, checked against the end of the message
   * around it.
   */
  long length(long end) {
    long length = varint(end);
    if (length < 0 || length > end - position()) {
      throw malformed(
          "a field of "
              + Long.toUnsignedString(length)
              + " bytes where only "
              + (end - position())
              + " are left");
    }
    return position() + length;
  }

  /** Skips one field's value. */
  void skip(int tag, long end) {
    switch (WireFormat.getTagWireType(tag)) {
      case WireFormat.WIRETYPE_VARINT -> varint(end);
      case WireFormat.WIRETYPE_FIXED64 -> seek(advance(8, end));
      case WireFormat.WIRETYPE_LENGTH_DELIMITED -> seek(length(end));
      case WireFormat.WIRETYPE_FIXED32 -> seek(advance(4, end));
      default -> throw malformed("wire type " + WireFormat.getTagWireType(tag));
    }
  }

  /** Appends one field, tag and value, as it is. */
  void copy(int tag, long end, ByteArrayOutputStream out) {
    long start = position();
    skip(tag, end);
    long after = position();
    count(after - start);
    byte[] value = bytes(start, (int) (after - start));
    try {
      CodedOutputStream coded = CodedOutputStream.newInstance(out, 16);
      coded.writeUInt32NoTag(tag);
      coded.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    out.writeBytes(value);
    seek(after);
  }

  /** Counts bytes that stay in memory. */
  void count(long bytes) {
    copied += bytes;
    if (copied > MAX_COPIED_BYTES) {
      throw new OnnxException(
          "more than "
              + (MAX_COPIED_BYTES >> 20)
              + " MiB besides the weights\nMaybe its big constants are attributes, where they cannot be streamed.");
    }
  }

  private byte[] bytes(long start, int count) {
    seek(start);
    byte[] bytes = new byte[count];
    for (int done = 0; done < count; ) {
      if (!buffer.hasRemaining()) {
        refill();
      }
      int part = Math.min(buffer.remaining(), count - done);
      buffer.get(bytes, done, part);
      done += part;
    }
    return bytes;
  }

  /**
   * The number of varints in a range, told by their last bytes; leaves the reader at the end of the
   * range.
   */
  long countVarints(long start, long end) {
    seek(start);
    long count = 0;
    boolean complete = true;
    while (position() < end) {
      if (!buffer.hasRemaining()) {
        refill();
      }
      int part = (int) Math.min(buffer.remaining(), end - position());
      for (int i = 0; i < part; i++) {
        complete = buffer.get() >= 0;
        count += complete ? 1 : 0;
      }
    }
    if (!complete) {
      throw malformed("the end of a list whose last number is cut off");
    }
    return count;
  }

  private long advance(int count, long end) {
    if (count > end - position()) {
      throw malformed("a field that goes beyond the end of its message");
    }
    return position() + count;
  }

  private int next(long end) {
    if (position() >= end) {
      throw malformed("a field that goes beyond the end of its message");
    }
    if (!buffer.hasRemaining()) {
      refill();
    }
    return buffer.get() & 0xff;
  }

  private void refill() {
    bufferStart += buffer.position();
    buffer.clear().limit((int) Math.min(buffer.capacity(), size - bufferStart));
    files.read(file, bufferStart, buffer);
    buffer.flip();
  }

  OnnxException malformed(String what) {
    return new OnnxException(
        "byte "
            + position()
            + " begins "
            + what
            + "\nMaybe the file is truncated or not an ONNX model.");
  }
}
