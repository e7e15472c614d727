package dev.insitu.elastic.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Walks the headers of a zstd frame (RFC 8878) before anything is expanded.
 *
 * <p>Accepted is exactly one frame that fills its bytes, states its content size, needs no
 * dictionary, and whose window is at most 8 MiB.
 */
final class ZstdFrame {

  private static final int MAGIC = 0xfd2fb528;
  private static final long MAX_WINDOW = 8 << 20;
  private static final int MAX_BLOCK = 128 << 10;

  private final ByteBuffer bytes;

  private ZstdFrame(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  /**
   * Whether the remaining bytes are one acceptable frame.
   *
   * @param contentSize the content size it must state
   */
  static boolean holds(ByteBuffer frame, long contentSize) {
    return new ZstdFrame(frame.slice().order(ByteOrder.LITTLE_ENDIAN)).isFrame(contentSize);
  }

  private boolean isFrame(long contentSize) {
    if (bytes.remaining() < 5 || bytes.getInt() != MAGIC) {
      return false;
    }
    int descriptor = bytes.get() & 0xff;
    boolean singleSegment = (descriptor & 0x20) != 0;
    boolean hasReservedOrDictionary = (descriptor & 0x0b) != 0;
    if (hasReservedOrDictionary || !singleSegment && !hasSmallWindow()) {
      return false;
    }
    return readContentSize(descriptor >> 6, singleSegment) == contentSize
        && skipBlocks()
        && bytes.remaining() == ((descriptor & 4) != 0 ? 4 : 0);
  }

  private boolean hasSmallWindow() {
    if (!bytes.hasRemaining()) {
      return false;
    }
    int window = bytes.get() & 0xff;
    long base = 1L << 10 + (window >> 3);
    return base + (base >> 3) * (window & 7) <= MAX_WINDOW;
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
      Values.skip(bytes, size);
      if ((header & 1) != 0) {
        return true;
      }
    }
    return false;
  }
}
