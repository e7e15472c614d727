package dev.insitu.link;

/**
 * Which bits a link inverts. The outcome depends on the position in the stream alone, not on how
 * the stream is split into buffers, so a run can be repeated. Implementations are immutable.
 */
@FunctionalInterface
public interface BitErrors {
  /** Every bit arrives as it was sent. */
  BitErrors NONE = (buffer, offset, length, position) -> {};

  /**
   * Inverts bits in place.
   *
   * @param position index of {@code buffer[offset]} among all bytes ever sent in this direction of
   *     the link, over all connections
   */
  void apply(byte[] buffer, int offset, int length, long position);

  /**
   * Each bit is inverted independently of all others.
   *
   * @param rate probability per bit, 0 to 1
   */
  static BitErrors bernoulli(double rate, long seed) {
    return rate == 0 ? NONE : new BernoulliBitErrors(rate, seed);
  }

  /**
   * Exactly one bit is inverted, once.
   *
   * @param byteIndex position in the stream
   * @param bit 0 (least significant) to 7
   */
  static BitErrors flip(long byteIndex, int bit) {
    if (byteIndex < 0 || bit < 0 || bit > 7) {
      throw new IllegalArgumentException(
          String.format(
              "bit error: byte %d bit %d, allowed are bytes from 0 and bits 0 to 7",
              byteIndex, bit));
    }
    return (buffer, offset, length, position) -> {
      if (byteIndex >= position && byteIndex - position < length) {
        buffer[offset + (int) (byteIndex - position)] ^= (byte) (1 << bit);
      }
    };
  }
}
