package dev.insitu.elastic.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Small numbers packed two, four or eight to a byte, the first in the lowest bits. */
final class Fields {

  private Fields() {}

  static int packedLength(int count, int bits) {
    return (int) (((long) count * bits + 7) >>> 3);
  }

  /** Packs numbers below 2^bits. */
  static byte[] pack(byte[] values, int count, int bits) {
    byte[] packed = new byte[packedLength(count, bits)];
    ByteBuffer source = ByteBuffer.wrap(values).order(ByteOrder.LITTLE_ENDIAN);
    int eights = count / 8;
    for (int i = 0; i < eights; i++) {
      long fields = gather(source.getLong(8 * i), bits);
      for (int j = 0; j < bits; j++) {
        packed[i * bits + j] = (byte) (fields >>> 8 * j);
      }
    }
    for (int i = 8 * eights; i < count; i++) {
      packed[i * bits >> 3] |= (byte) (values[i] << (i * bits & 7));
    }
    return packed;
  }

  /**
   * The inverse of {@link #pack}: writes {@code count} numbers from {@code offset} on.
   *
   * @return false if a bit after the last field is set
   */
  static boolean unpack(byte[] packed, int bits, byte[] values, int offset, int count) {
    ByteBuffer target = ByteBuffer.wrap(values).order(ByteOrder.LITTLE_ENDIAN);
    int eights = count / 8;
    for (int i = 0; i < eights; i++) {
      long fields = 0;
      for (int j = 0; j < bits; j++) {
        fields |= (packed[i * bits + j] & 0xffL) << 8 * j;
      }
      target.putLong(offset + 8 * i, spread(fields, bits));
    }
    int mask = (1 << bits) - 1;
    for (int i = 8 * eights; i < count; i++) {
      values[offset + i] = (byte) (packed[i * bits >> 3] >> (i * bits & 7) & mask);
    }
    int unused = -count * bits & 7;
    return unused == 0 || (packed[packed.length - 1] & 0xff) >> 8 - unused == 0;
  }

  /** Moves eight fields to one byte each: the distances between them are doubled three times. */
  private static long spread(long fields, int bits) {
    long mask = (1L << 4 * bits) - 1;
    long result = (fields | fields << 32 - 4 * bits) & (mask | mask << 32);
    mask = (1L << 2 * bits) - 1;
    result = (result | result << 16 - 2 * bits) & mask * 0x0001000100010001L;
    mask = (1L << bits) - 1;
    return (result | result << 8 - bits) & mask * 0x0101010101010101L;
  }

  /** The inverse of {@link #spread}. */
  private static long gather(long bytes, int bits) {
    long mask = (1L << 2 * bits) - 1;
    long result = (bytes | bytes >>> 8 - bits) & mask * 0x0001000100010001L;
    mask = (1L << 4 * bits) - 1;
    result = (result | result >>> 16 - 2 * bits) & (mask | mask << 32);
    return (result | result >>> 32 - 4 * bits) & (1L << 8 * bits) - 1;
  }
}
