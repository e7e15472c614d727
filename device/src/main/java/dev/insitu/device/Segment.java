package dev.insitu.device;

import dev.insitu.elastic.Digest;
import org.jspecify.annotations.Nullable;

/**
 * One segment file of the chunk store: whole chunks back to back and, at its end, perhaps a part of
 * one more. Guarded by the store's lock, except that whoever writes it may append.
 */
final class Segment {

  final int number;
  final AppendFile file;

  /** Bytes of chunks that are still there. */
  long liveBytes;

  /** Whether an inflow owns it. */
  boolean writing;

  /** Whether it holds bytes that a loss of power could take. */
  volatile boolean dirty;

  /** The chunk at its end of which only a part has arrived. */
  @Nullable Part part;

  Segment(int number, AppendFile file) {
    this.number = number;
    this.file = file;
  }

  /** How many bytes of the unfinished chunk are here. */
  int partBytes() {
    Part begun = part;
    return begun == null ? 0 : (int) Math.min(begun.size(), file.length() - begun.offset());
  }

  /** Whether nothing in it is of use. */
  boolean isEmpty() {
    return liveBytes == 0 && part == null && !writing;
  }

  /**
   * An unfinished chunk.
   *
   * @param digest of the whole chunk
   * @param offset where it begins
   * @param size bytes of the whole chunk
   */
  record Part(Digest digest, long offset, int size) {}
}
