package dev.insitu.runtime.features;

import dev.insitu.elastic.codec.EntropyCoding;

/**
 * How the codes of quantised features are written. Every coding gives the same values at the other
 * end; the shorter ones take both ends more time.
 */
public enum FeatureCoding {
  /** Range coded, with odds from what is beside and above: shortest and slowest. */
  CONTEXTS(0, 0, 45e-9),
  /** As Huffman codes: some 0.05 bytes a value more, in a tenth of the time. */
  HUFFMAN(0.05, 60e-9, 18e-9),
  /** As bytes: some 0.8 bytes a value more. */
  PLAIN(0.8, 2e-9, 18e-9);

  private final double moreBytes;
  private final double lessSeconds;
  private final double writingSeconds;

  /**
   * Of a ResNet-18's values at 2 to 8 bits, on the machine in PERFORMANCE.md.
   *
   * @param moreBytes for a value than the coding before takes
   * @param lessSeconds for a value, at both ends together, than the coding before takes
   * @param writingSeconds for a value, with finding the grid
   */
  FeatureCoding(double moreBytes, double lessSeconds, double writingSeconds) {
    this.moreBytes = moreBytes;
    this.lessSeconds = lessSeconds;
    this.writingSeconds = writingSeconds;
  }

  /**
   * What is read at the other end soonest.
   *
   * @param bytesPerSecond of the link
   * @param slowness how many times as long coding takes as on the machine in PERFORMANCE.md
   */
  public static FeatureCoding forLink(double bytesPerSecond, double slowness) {
    FeatureCoding soonest = CONTEXTS;
    for (FeatureCoding coding : values()) {
      if (coding.moreBytes < coding.lessSeconds * slowness * bytesPerSecond) {
        soonest = coding;
      }
    }
    return soonest;
  }

  /** To write a value on the machine in PERFORMANCE.md. */
  double writingSeconds() {
    return writingSeconds;
  }

  /** For what is not written with contexts. */
  EntropyCoding streams() {
    return this == PLAIN ? new EntropyCoding(1) : EntropyCoding.SHORTEST;
  }
}
