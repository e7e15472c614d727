package dev.insitu.elastic.codec;

/**
 * Spreads packed bits over the set bits of a mask.
 *
 * <p>Words of the mask with few set bits are done bit by bit, others eight bits at a time by a
 * table with one byte for every mask and value byte: 64 KiB, made once. Only the shift of the
 * packed bits depends on the step before, so the look-ups overlap.
 */
final class Deposit {

  /** Up to this many set bits the loop over them is shorter than eight look-ups. */
  private static final int FEW = 4;

  private static final byte[] TABLE = table();

  private Deposit() {}

  /**
   * Adds to {@code target} the packed bits: the i-th goes to the position of the i-th set bit of
   * {@code mask}.
   *
   * @param packed at least as many bits as {@code mask} has set ones
   */
  static void spread(long[] packed, long[] mask, long[] target) {
    int position = 0;
    for (int i = 0; i < mask.length; i++) {
      long bits = mask[i];
      if (bits != 0) {
        int count = Long.bitCount(bits);
        target[i] |= spread(packed, position, bits, count);
        position += count;
      }
    }
  }

  /**
   * The same with the bits of {@code plane} that are not in {@code significant} as the mask. They
   * are added to {@code significant} as they are used.
   */
  static void spreadNew(long[] packed, long[] plane, long[] significant, long[] target) {
    int position = 0;
    for (int i = 0; i < plane.length; i++) {
      long bits = plane[i] & ~significant[i];
      if (bits != 0) {
        int count = Long.bitCount(bits);
        target[i] |= spread(packed, position, bits, count);
        significant[i] |= bits;
        position += count;
      }
    }
  }

  private static long spread(long[] packed, int position, long mask, int count) {
    long values = window(packed, position);
    return count <= FEW ? bitByBit(values, mask) : byTable(values, mask);
  }

  /** The 64 bits from {@code position} on; after the end they are unspecified. */
  private static long window(long[] packed, int position) {
    int word = position >>> 6;
    int shift = position & 63;
    long low = packed[word] >>> shift;
    return shift == 0 || word + 1 == packed.length ? low : low | packed[word + 1] << 64 - shift;
  }

  private static long bitByBit(long values, long mask) {
    long result = 0;
    long left = values;
    for (long rest = mask; rest != 0; rest &= rest - 1) {
      result |= rest & -rest & -(left & 1);
      left >>>= 1;
    }
    return result;
  }

  private static long byTable(long values, long mask) {
    long result = 0;
    long left = values;
    for (int shift = 0; shift < 64; shift += 8) {
      int byteMask = (int) (mask >>> shift) & 0xff;
      result |= (TABLE[byteMask << 8 | (int) left & 0xff] & 0xffL) << shift;
      left >>>= Integer.bitCount(byteMask);
    }
    return result;
  }

  private static byte[] table() {
    byte[] table = new byte[1 << 16];
    for (int mask = 0; mask < 256; mask++) {
      for (int value = 0; value < 256; value++) {
        table[mask << 8 | value] = (byte) bitByBit(value, mask);
      }
    }
    return table;
  }
}
