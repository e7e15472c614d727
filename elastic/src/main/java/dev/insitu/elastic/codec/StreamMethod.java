package dev.insitu.elastic.codec;

/**
 * The method byte before every stream: how the bytes are coded (low four bits) and what was done to
 * them before (next three bits).
 */
final class StreamMethod {

  static final int STORED = 0;
  static final int ZSTD = 1;
  static final int REPEATED = 2;

  /** Upper bits: bytes as they are. */
  static final int PLAIN = 0;

  /** Upper bits 1, 2, 3: bytes below 16, 4, 2 packed into fields of 4, 2, 1 bits. */
  static final int FIELDS_4 = 1;

  static final int FIELDS_1 = 3;

  /** Upper bits: sparse bits as distances between the set ones. */
  static final int GAPS = 4;

  /**
   * Bit of the method of a stream B: it holds the bits of the elements that are zero so far, and
   * the next stream those of the others.
   */
  static final int SPLIT = 0x80;

  /** Longest stream before coding, in bytes. */
  static final int MAX_RAW = 1 << 26;

  private StreamMethod() {}

  /** Bits of a field for upper bits 1, 2, 3. */
  static int fieldBits(int transform) {
    return 8 >> transform;
  }
}
