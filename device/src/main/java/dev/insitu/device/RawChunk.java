package dev.insitu.device;

/**
 * A chunk of one raw block, as it is, without compression (format, section 4): for values that are
 * on the device already and only go from one file to another.
 */
final class RawChunk {

  private static final byte PAYLOAD_VERSION = 1;
  private static final byte STORED = 0;

  private RawChunk() {}

  /** Bytes of the chunk of so many bytes of values. */
  static int size(int valueBytes) {
    return 2 + varintBytes(valueBytes) + valueBytes;
  }

  /**
   * Codes values.
   *
   * @param values of a block
   * @param elementBytes of their type; 1 for packed types
   */
  static byte[] encode(byte[] values, int elementBytes) {
    byte[] chunk = new byte[size(values.length)];
    chunk[0] = PAYLOAD_VERSION;
    chunk[1] = STORED;
    int at = putVarint(chunk, 2, values.length);
    int elements = values.length / elementBytes;
    for (int plane = 0; plane < elementBytes; plane++) {
      for (int i = 0; i < elements; i++) {
        chunk[at++] = values[i * elementBytes + plane];
      }
    }
    int trailing = values.length - elements * elementBytes;
    System.arraycopy(values, elements * elementBytes, chunk, at, trailing);
    return chunk;
  }

  private static int varintBytes(int value) {
    return Math.max(1, (38 - Integer.numberOfLeadingZeros(value)) / 7);
  }

  private static int putVarint(byte[] target, int at, int value) {
    int left = value;
    int position = at;
    while (left >= 0x80) {
      target[position++] = (byte) ((left & 0x7f) | 0x80);
      left >>>= 7;
    }
    target[position++] = (byte) left;
    return position;
  }
}
