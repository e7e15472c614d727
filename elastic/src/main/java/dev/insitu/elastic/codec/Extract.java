package dev.insitu.elastic.codec;

/** Packs the bits that stand under the set bits of a mask: the inverse of {@link Deposit}. */
final class Extract {

  private static final byte[] TABLE = table();

  private Extract() {}

  /** The bits of {@code bits} under {@code mask}, in order, without gaps. */
  static long[] pack(long[] bits, Mask mask) {
    long[] packed = new long[Words.words(mask.count())];
    int position = 0;
    for (int i = 0; i < bits.length; i++) {
      long chosen = mask.words()[i];
      if (chosen != 0) {
        int count = Long.bitCount(chosen);
        append(packed, position, count, pack(bits[i], chosen));
        position += count;
      }
    }
    return packed;
  }

  private static void append(long[] packed, int position, int count, long value) {
    int word = position >>> 6;
    int shift = position & 63;
    packed[word] |= value << shift;
    if (shift + count > 64) {
      packed[word + 1] = value >>> 64 - shift;
    }
  }

  private static long pack(long bits, long mask) {
    long result = 0;
    int filled = 0;
    for (int shift = 0; shift < 64; shift += 8) {
      int byteMask = (int) (mask >>> shift) & 0xff;
      int value = (int) (bits >>> shift) & 0xff;
      result |= (TABLE[byteMask << 8 | value] & 0xffL) << filled;
      filled += Integer.bitCount(byteMask);
    }
    return result;
  }

  private static byte[] table() {
    byte[] table = new byte[1 << 16];
    for (int mask = 0; mask < 256; mask++) {
      for (int value = 0; value < 256; value++) {
        table[mask << 8 | value] = (byte) packBitByBit(value, mask);
      }
    }
    return table;
  }

  private static int packBitByBit(int bits, int mask) {
    int result = 0;
    int filled = 0;
    for (int rest = mask; rest != 0; rest &= rest - 1) {
      int bit = Integer.numberOfTrailingZeros(rest);
      result |= (bits >> bit & 1) << filled++;
    }
    return result;
  }
}
