package dev.insitu.runtime.features;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * A binary range coder with carry (as in LZMA, after Martin 1979): bits become a number inside an
 * interval that shrinks by their odds. Ends with as few bytes as name a number inside; zeros at the
 * end are left out, as the decoder thinks of them.
 */
final class BitEncoder implements BitCoder {

  private static final long TOP = 1L << 24;
  private static final long MASK = 0xffffffffL;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Odds odds;
  private long low; // 33 bits: the carry above 32
  private long range = MASK;
  private int cache;
  private long waiting; // bytes that a carry may still change, the cache among them

  BitEncoder(int contexts) {
    odds = new Odds(contexts);
  }

  @Override
  public int bit(int context, int bit) {
    long zero = (range >>> Odds.BITS) * odds.ofZero(context);
    narrow(zero, bit);
    odds.learn(context, bit);
    return bit;
  }

  @Override
  public int even(int bit) {
    narrow(range >>> 1, bit);
    return bit;
  }

  private void narrow(long zero, int bit) {
    if (bit == 0) {
      range = zero;
    } else {
      low += zero;
      range -= zero;
    }
    while (range < TOP) {
      range = range << 8 & MASK;
      shift();
    }
  }

  private void shift() {
    if (low < 0xff000000L || low > MASK || waiting == 0) { // no carry goes beyond the first
      int carry = (int) (low >>> 32);
      while (waiting > 0) {
        out.write(cache + carry);
        cache = 0xff;
        waiting--;
      }
      cache = (int) (low >>> 24 & 0xff);
    }
    waiting++;
    low = low << 8 & MASK;
  }

  /** All that was written. */
  byte[] finish() {
    for (long coarse = MASK; coarse > 0; coarse >>>= 1) { // the number with most zeros at its end
      long number = low + coarse & ~coarse;
      if (number >= low && number < low + range) {
        low = number;
        break;
      }
    }
    for (int i = 0; i < 5; i++) {
      shift();
    }
    byte[] bytes = out.toByteArray();
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] == 0) {
      end--;
    }
    return Arrays.copyOf(bytes, end);
  }
}
