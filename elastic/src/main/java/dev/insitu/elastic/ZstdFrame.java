package dev.insitu.elastic;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Walks the headers of a zstd frame (RFC 8878) before anything is expanded.
 *
 * <p>Accepted is exactly one frame that fills its bytes, states its content size, names no
 * dictionary and whose window is within a limit: no skippable frame, no second frame, no bytes
 * after it.
 */
public final class ZstdFrame {

  private static final int MAGIC = 0xfd2fb528;
  private static final int MAX_BLOCK = 128 << 10;
  private static final int SINGLE_SEGMENT = 0x20;
  private static final int RESERVED_OR_DICTIONARY = 0x0b;
  private static final int CHECKSUM = 4;

  private final ByteBuffer bytes;

  private ZstdFrame(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  /**
   * What the remaining bytes expand to, if they are one acceptable frame.
   *
   * @param frame from its position to its limit; the position stays
   * @param maxWindow largest window in bytes
   * @return the content size the frame states, to be checked against a limit before it is expanded,
   *     or -1 if this is no acceptable frame
   */
  public static long contentSize(ByteBuffer frame, long maxWindow) {
    return new ZstdFrame(frame.slice().order(ByteOrder.LITTLE_ENDIAN)).walk(maxWindow);
  }

  private long walk(long maxWindow) {
    if (bytes.remaining() < 6 || bytes.getInt() != MAGIC) {
      return -1;
    }
    int descriptor = bytes.get() & 0xff;
    if ((descriptor & RESERVED_OR_DICTIONARY) != 0) {
      return -1;
    }
    boolean singleSegment = (descriptor & SINGLE_SEGMENT) != 0;
    long window = singleSegment ? 0 : windowSize(bytes.get() & 0xff);
    long content = readContentSize(descriptor >> 6, singleSegment);
    boolean whole = skipBlocks() && bytes.remaining() == ((descriptor & CHECKSUM) != 0 ? 4 : 0);
    return whole && Math.max(window, singleSegment ? content : 0) <= maxWindow ? content : -1;
  }

  private static long windowSize(int descriptor) {
    long base = 1L << (10 + (descriptor >> 3));
    return base + (base >> 3) * (descriptor & 7);
  }

  /** The stated content size, or -1. */
  private long readContentSize(int flag, boolean singleSegment) {
    int length = flag == 0 ? (singleSegment ? 1 : 0) : 1 << flag;
    if (length == 0 || bytes.remaining() < length) {
      return -1;
    }
    return switch (length) {
      case 1 -> bytes.get() & 0xff;
      case 2 -> (bytes.getShort() & 0xffff) + 256;
      case 4 -> bytes.getInt() & 0xffffffffL;
      default -> bytes.getLong();
    };
  }

  private boolean skipBlocks() {
    while (bytes.remaining() >= 3) {
      int header = bytes.getShort() & 0xffff | (bytes.get() & 0xff) << 16;
      int type = header >> 1 & 3;
      int size = type == 1 ? 1 : header >> 3;
      if (type == 3 || header >> 3 > MAX_BLOCK || size > bytes.remaining()) {
        return false;
      }
      Buffers.skip(bytes, size);
      if ((header & 1) != 0) {
        return true;
      }
    }
    return false;
  }
}
