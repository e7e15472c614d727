package dev.insitu.elastic.codec;

/** So many bits without gaps. */
final class Packed {

  private final long[] words;
  private final int count;

  Packed(long[] words, int count) {
    this.words = words;
    this.count = count;
  }

  /** The bits of {@code bits} under a mask. */
  static Packed under(long[] bits, Mask mask) {
    return new Packed(Extract.pack(bits, mask), mask.count());
  }

  long[] words() {
    return words;
  }

  int count() {
    return count;
  }

  /** Bits that {@code length} independent bits cost of which {@code ones} are set. */
  static double entropy(long ones, long length) {
    if (ones == 0 || ones == length) {
      return 0;
    }
    double p = (double) ones / length;
    return -length * (p * Math.log(p) + (1 - p) * Math.log1p(-p)) / Math.log(2);
  }
}
