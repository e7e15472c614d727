package dev.insitu.elastic.codec;

/**
 * Which streams of chunks are entropy coded, and which stay plain. What coding saves would have to
 * come over a link, what it costs is time to expand at the device: coding b bytes as c pays if (b -
 * c) / link rate > b / expansion rate, so if it saves at least the share link rate / expansion
 * rate.
 *
 * @param leastGain the share of a stream's bytes that coding has to save; 0 codes whatever gets
 *     shorter, 1 nothing
 */
public record EntropyCoding(double leastGain) {

  /** As short as possible: for links that are slow beside any device. */
  public static final EntropyCoding SHORTEST = new EntropyCoding(0);

  public EntropyCoding {
    if (!(leastGain >= 0 && leastGain <= 1)) {
      throw new IllegalArgumentException(
          "A least gain of " + leastGain + "; it is a share, 0 to 1.");
    }
  }

  /**
   * Streams that arrive soonest.
   *
   * @param linkRate bytes/s that a device gets
   * @param expansionRate bytes/s, counted when expanded, of its entropy decoder
   */
  public static EntropyCoding forLink(double linkRate, double expansionRate) {
    if (!(linkRate > 0 && expansionRate > 0)) {
      throw new IllegalArgumentException(
          "Rates of " + linkRate + " and " + expansionRate + " bytes/s; they must be positive.");
    }
    return new EntropyCoding(Math.min(1, linkRate / expansionRate));
  }

  /** Whether to write so many bytes in place of the raw ones. */
  boolean pays(int rawBytes, int codedBytes) {
    return codedBytes < rawBytes && rawBytes - codedBytes >= leastGain * rawBytes;
  }
}
