package dev.insitu.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A tensor stored in {@code int32_data} and the like, converted to plain elements as it is read.
 * Reading on from where the last read ended costs nothing extra; going back starts over.
 */
final class TypedData implements WeightData {

  /** How one entry of the list is encoded. */
  enum Encoding {
    VARINT,
    FIXED32,
    FIXED64
  }

  /**
   * Consecutive entries in the file.
   *
   * @param offset first byte, of the first tag if not packed
   * @param end byte after the last entry
   * @param packed whether values follow each other without tags
   */
  record Run(long offset, long end, boolean packed) {}

  /** Small, because a model may have thousands of such tensors. */
  private static final int BUFFER_BYTES = 1 << 12;

  private final List<Run> runs;
  private final Encoding encoding;
  private final int entryBytes;
  private final long entries;

  private final WireReader reader;
  private int run;
  private long entry;

  /**
   * Entries in a file.
   *
   * @param entryBytes bytes that one entry becomes: its low bytes
   * @param entries how many there are
   */
  TypedData(
      DataFiles files, int file, List<Run> runs, Encoding encoding, int entryBytes, long entries) {
    this.runs = List.copyOf(runs);
    this.encoding = encoding;
    this.entryBytes = entryBytes;
    this.entries = entries;
    this.reader = new WireReader(files, file, BUFFER_BYTES);
    restart();
  }

  @Override
  public long byteLength() {
    return entries * entryBytes;
  }

  @Override
  public synchronized void read(long byteOffset, ByteBuffer into) {
    RangeData.checkRange(byteOffset, into.remaining(), byteLength());
    long first = byteOffset / entryBytes;
    if (first < entry) {
      restart();
    }
    while (entry < first) {
      next();
    }
    byte[] one = new byte[8];
    ByteBuffer value = ByteBuffer.wrap(one).order(ByteOrder.LITTLE_ENDIAN);
    int skip = (int) (byteOffset % entryBytes);
    while (into.hasRemaining()) {
      value.putLong(0, next());
      int count = Math.min(entryBytes - skip, into.remaining());
      into.put(one, skip, count);
      skip = 0;
    }
  }

  private void restart() {
    run = 0;
    entry = 0;
    if (!runs.isEmpty()) {
      reader.seek(runs.get(0).offset());
    }
  }

  private long next() {
    while (reader.position() >= runs.get(run).end()) {
      run++;
      reader.seek(runs.get(run).offset());
    }
    Run current = runs.get(run);
    if (!current.packed()) {
      reader.varint(current.end());
    }
    entry++;
    return switch (encoding) {
      case VARINT -> reader.varint(current.end());
      case FIXED32 -> reader.fixed(4, current.end());
      case FIXED64 -> reader.fixed(8, current.end());
    };
  }
}
