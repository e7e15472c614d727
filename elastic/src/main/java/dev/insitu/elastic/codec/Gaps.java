package dev.insitu.elastic.codec;

import java.util.Arrays;

/**
 * Sparse bits as the zeros before each set one.
 *
 * <p>A byte b below 240 stands for b zeros and a one, a byte from 240 on for {@code 240 << (b -
 * 240)} zeros. Zeros at the end are not written. Gaps of independent bits are geometric, which
 * Huffman codes meet closely, where codes of eight bits at a time waste up to half of a sparse
 * plane.
 */
final class Gaps {

  private static final int LONG = 240;

  private Gaps() {}

  /** Gap bytes are at most this many per byte of bits, or the form is not used. */
  static long limit(int rawLength) {
    return 4L * rawLength;
  }

  /** The gap bytes, or an empty array if there are more than {@link #limit} allows. */
  static byte[] encode(byte[] bits, int length) {
    byte[] gaps = new byte[Math.max(64, length)];
    int count = 0;
    long position = 0;
    for (int i = 0; i < length; i++) {
      int rest = bits[i] & 0xff;
      while (rest != 0) {
        long one = 8L * i + Integer.numberOfTrailingZeros(rest);
        rest &= rest - 1;
        if (count + 32 > gaps.length) {
          if (2L * gaps.length > limit(length)) {
            return new byte[0];
          }
          gaps = Arrays.copyOf(gaps, 2 * gaps.length);
        }
        count = append(gaps, count, one - position);
        position = one + 1;
      }
    }
    return Arrays.copyOf(gaps, count);
  }

  private static int append(byte[] gaps, int count, long zeros) {
    long rest = zeros;
    int at = count;
    while (rest >= LONG) {
      int power = Math.min(15, 63 - Long.numberOfLeadingZeros(rest / LONG));
      gaps[at++] = (byte) (LONG + power);
      rest -= (long) LONG << power;
    }
    gaps[at++] = (byte) rest;
    return at;
  }

  /**
   * Sets bits in the {@code length} bytes from {@code offset} on, which are zero before.
   *
   * @return false if a one lies after their end
   */
  static boolean decode(byte[] gaps, byte[] bits, int offset, int length) {
    long end = 8L * length;
    long position = 0;
    for (byte gap : gaps) {
      int value = gap & 0xff;
      if (value >= LONG) {
        position += (long) LONG << value - LONG;
        continue;
      }
      position += value;
      if (position >= end) {
        return false;
      }
      bits[offset + (int) (position >>> 3)] |= (byte) (1 << (position & 7));
      position++;
    }
    return true;
  }
}
