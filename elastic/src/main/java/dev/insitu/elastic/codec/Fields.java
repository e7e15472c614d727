package dev.insitu.elastic.codec;

/** Small numbers packed two, four or eight to a byte, the first in the lowest bits. */
final class Fields {

  private Fields() {}

  static int packedLength(int count, int bits) {
    return (int) (((long) count * bits + 7) >>> 3);
  }

  /** Packs numbers below 2^bits. */
  static byte[] pack(byte[] values, int count, int bits) {
    byte[] packed = new byte[packedLength(count, bits)];
    int perByte = 8 / bits;
    for (int i = 0; i < count; i++) {
      packed[i / perByte] |= (byte) (values[i] << i % perByte * bits);
    }
    return packed;
  }

  /**
   * The inverse of {@link #pack}: writes {@code count} numbers from {@code offset} on.
   *
   * @return false if a bit after the last field is set
   */
  static boolean unpack(byte[] packed, int bits, byte[] values, int offset, int count) {
    int perByte = 8 / bits;
    int mask = (1 << bits) - 1;
    int whole = count / perByte;
    int at = offset;
    for (int i = 0; i < whole; i++) {
      int rest = packed[i];
      for (int j = 0; j < perByte; j++) {
        values[at++] = (byte) (rest & mask);
        rest >>= bits;
      }
    }
    if (at == offset + count) {
      return true;
    }
    int rest = packed[whole] & 0xff;
    while (at < offset + count) {
      values[at++] = (byte) (rest & mask);
      rest >>= bits;
    }
    return rest == 0;
  }
}
