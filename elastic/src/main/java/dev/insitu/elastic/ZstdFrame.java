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
final class ZstdFrame {

  private static final int MAGIC = 0xfd2fb528;
  private static final int MAX_BLOCK = 128 << 10;
  private static final int SINGLE_SEGMENT = 0x20;
  private static final int RESERVED_OR_DICTIONARY = 0x0b;
  private static final int CHECKSUM = 4;

  private final ByteBuffer bytes;
  private final long maxWindow;

  private ZstdFrame(ByteBuffer bytes, long maxWindow) {
    this.bytes = bytes;
    this.maxWindow = maxWindow;
  }

  /**
   * Whether the remaining bytes are one acceptable frame.
   *
   * @param contentSize the content size it must state
   * @param maxWindow largest window in bytes
   */
  static boolean holds(ByteBuffer frame, long contentSize, long maxWindow) {
    return new ZstdFrame(frame.slice().order(ByteOrder.LITTLE_ENDIAN), maxWindow)
        .isFrame(contentSize);
  }

  private boolean isFrame(long contentSize) {
    if (bytes.remaining() < 6 || bytes.getInt() != MAGIC) {
      return false;
    }
    int descriptor = bytes.get() & 0xff;
    boolean singleSegment = (descriptor & SINGLE_SEGMENT) != 0;
    if ((descriptor & RESERVED_OR_DICTIONARY) != 0) {
      return false;
    }
    long window = singleSegment ? contentSize : windowSize(bytes.get() & 0xff);
    return window <= maxWindow
        && readContentSize(descriptor >> 6, singleSegment) == contentSize
        && skipBlocks()
        && bytes.remaining() == ((descriptor & CHECKSUM) != 0 ? 4 : 0);
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
