package dev.insitu.link;

import java.util.SplittableRandom;

/**
 * Independent bit errors. The stream is cut into blocks, each with a generator of its own, and the
 * distances between errors are drawn from the geometric distribution; having no memory, it may
 * begin anew at every block. Costs one logarithm per error and block.
 */
final class BernoulliBitErrors implements BitErrors {
  private static final int BLOCK_BYTES = 4_096;
  private static final int BLOCK_BITS = 8 * BLOCK_BYTES;

  private final long seed;
  private final double logOfRight;

  BernoulliBitErrors(double rate, long seed) {
    if (!(rate > 0 && rate <= 1)) {
      throw new IllegalArgumentException(
          String.format("bit error rate %s is outside [0, 1]", rate));
    }
    this.seed = seed;
    this.logOfRight = Math.log1p(-rate);
  }

  @Override
  public void apply(byte[] buffer, int offset, int length, long position) {
    long end = position + length;
    for (long block = position / BLOCK_BYTES; block * BLOCK_BYTES < end; block++) {
      SplittableRandom random = generator(block);
      for (long bit = gap(random); bit < BLOCK_BITS; bit += 1 + gap(random)) {
        long at = block * BLOCK_BYTES + bit / 8;
        if (at >= position && at < end) {
          buffer[offset + (int) (at - position)] ^= (byte) (1 << (bit % 8));
        }
      }
    }
  }

  /** Drawn and not added up: generators whose seeds are close repeat each other's numbers. */
  private SplittableRandom generator(long block) {
    long blockSeed = new SplittableRandom(seed).nextLong() ^ new SplittableRandom(block).nextLong();
    return new SplittableRandom(new SplittableRandom(blockSeed).nextLong());
  }

  /** How many bits arrive right before the next error, at most a block's. */
  private long gap(SplittableRandom random) {
    double uniform = 1 - random.nextDouble();
    return (long) Math.min(Math.log(uniform) / logOfRight, BLOCK_BITS);
  }
}
