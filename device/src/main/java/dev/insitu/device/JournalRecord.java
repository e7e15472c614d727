package dev.insitu.device;

import dev.insitu.elastic.Digest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * One line of the chunk store's journal: 56 bytes, little-endian.
 *
 * <p>{@code u8 kind, u8[3] zero, i32 segment, i64 offset, i32 size, u8[32] digest, u32 CRC-32 of
 * all before}.
 *
 * @param kind what happened
 * @param digest of the chunk
 * @param location where its bytes lie or are going to lie
 */
record JournalRecord(Kind kind, Digest digest, Location location) {

  /** Bytes of a record. */
  static final int BYTES = 56;

  private static final int CHECKED_BYTES = BYTES - Integer.BYTES;

  JournalRecord {
    Objects.requireNonNull(kind);
    Objects.requireNonNull(digest);
    Objects.requireNonNull(location);
  }

  /** What happened to a chunk. */
  enum Kind {
    /** Its bytes begin to be appended at the location. */
    BEGUN(1),
    /** Its bytes are all there and have the digest. A later record for the same digest moves it. */
    ADDED(2),
    /** It is not there any more. */
    REMOVED(3);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    private static @Nullable Kind of(int code) {
      for (Kind kind : values()) {
        if (kind.code == code) {
          return kind;
        }
      }
      return null;
    }
  }

  /** The record as bytes. */
  ByteBuffer toBytes() {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put((byte) kind.code).put(new byte[3]);
    bytes.putInt(location.segment()).putLong(location.offset()).putInt(location.size());
    digest.write(bytes);
    bytes.putInt(checksum(bytes));
    return Buffers.flip(bytes);
  }

  /** The record in the next 56 bytes, which are consumed; null if they are damaged. */
  static @Nullable JournalRecord read(ByteBuffer source) {
    ByteBuffer bytes = source.slice().order(ByteOrder.LITTLE_ENDIAN);
    Buffers.position(source, source.position() + BYTES);
    if (bytes.getInt(CHECKED_BYTES) != checksum(bytes)) {
      return null;
    }
    Kind kind = Kind.of(bytes.get());
    Buffers.position(bytes, 4);
    int segment = bytes.getInt();
    long offset = bytes.getLong();
    int size = bytes.getInt();
    if (kind == null || segment < 1 || offset < 0 || size < 1) {
      return null;
    }
    return new JournalRecord(kind, Digest.read(bytes), new Location(segment, offset, size));
  }

  private static int checksum(ByteBuffer bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes.array(), bytes.arrayOffset(), CHECKED_BYTES);
    return (int) crc.getValue();
  }

  /**
   * Where a chunk lies.
   *
   * @param segment number of the segment file, from 1
   * @param offset of the first byte
   * @param size bytes
   */
  record Location(int segment, long offset, int size) {

    /** The byte after the last. */
    long end() {
      return offset + size;
    }
  }
}
