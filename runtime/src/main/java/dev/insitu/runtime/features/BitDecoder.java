package dev.insitu.runtime.features;

import dev.insitu.elastic.ElasticException;
import java.nio.ByteBuffer;

/** Reads what a {@link BitEncoder} wrote. */
final class BitDecoder implements BitCoder {

  private static final long TOP = 1L << 24;
  private static final long MASK = 0xffffffffL;

  /** Bytes that are looked at ahead of what has been decoded. */
  private static final int AHEAD = 4;

  private final ByteBuffer bytes;
  private final Odds odds;
  private long code;
  private long range = MASK;

  /**
   * @param bytes all that was written, from the position to the limit
   */
  BitDecoder(int contexts, ByteBuffer bytes) {
    this.odds = new Odds(contexts);
    this.bytes = bytes;
    for (int i = 0; i < AHEAD; i++) {
      code = code << 8 | next();
    }
  }

  @Override
  public int bit(int context, int bit) {
    long zero = (range >>> Odds.BITS) * odds.ofZero(context);
    int found = narrow(zero);
    odds.learn(context, found);
    return found;
  }

  @Override
  public int even(int bit) {
    return narrow(range >>> 1);
  }

  private int narrow(long zero) {
    int found = code < zero ? 0 : 1;
    if (found == 0) {
      range = zero;
    } else {
      code -= zero;
      range -= zero;
    }
    while (range < TOP) {
      range = range << 8 & MASK;
      code = (code << 8 | next()) & MASK;
    }
    return found;
  }

  private int next() {
    return bytes.hasRemaining() ? bytes.get() & 0xff : 0; // zeros at the end are left out
  }

  /** Refuses bytes that were not needed. */
  void end() {
    if (bytes.hasRemaining()) {
      throw ElasticException.corrupt(
          "Features have " + bytes.remaining() + " bytes after the last value.");
    }
  }
}
