package dev.insitu.model;

import java.util.Map;

/**
 * What a grouping into segments aims at. Times are seconds; rates only weigh downloading against
 * computing.
 *
 * @param maxSegments most segments
 * @param minSegmentBytes a model gets at most one segment for each so many bytes of weights
 * @param maxValues most tensors that may cross a cut
 * @param secondsPerTransfer fixed cost of fetching a segment (alpha)
 * @param secondsPerLaunch fixed cost of running a segment (beta)
 * @param bytesPerSecond weight bytes that arrive in a second, counted as the root stores them
 * @param macsPerSecond multiply-accumulates that the device does in a second
 * @param sizes sizes of open input dimensions, as {@link Profiler} takes them
 */
public record SegmentOptions(
    int maxSegments,
    long minSegmentBytes,
    int maxValues,
    double secondsPerTransfer,
    double secondsPerLaunch,
    double bytesPerSecond,
    double macsPerSecond,
    Map<String, Long> sizes) {

  /** A 20 Mbit/s link that brings four bits of every 32-bit weight, to a phone's core. */
  public static final SegmentOptions DEFAULT =
      new SegmentOptions(10, 256 << 10, 6, 0.001, 0.0002, 20e6, 5e9, Map.of());

  public SegmentOptions {
    sizes = Map.copyOf(sizes);
    if (maxSegments < 1 || minSegmentBytes < 0 || maxValues < 1) {
      throw new IllegalArgumentException(
          "segments " + maxSegments + ", bytes " + minSegmentBytes + ", values " + maxValues);
    }
    boolean times = secondsPerTransfer >= 0 && secondsPerLaunch >= 0;
    if (!times || !(bytesPerSecond > 0) || !(macsPerSecond > 0)) {
      throw new IllegalArgumentException("times must not be negative, rates must be positive");
    }
  }

  /** The same with another limit on the number of segments. */
  public SegmentOptions withMaxSegments(int segments) {
    return new SegmentOptions(
        segments,
        minSegmentBytes,
        maxValues,
        secondsPerTransfer,
        secondsPerLaunch,
        bytesPerSecond,
        macsPerSecond,
        sizes);
  }

  /** The same with another size from which on a segment is worth its while. */
  public SegmentOptions withMinSegmentBytes(long bytes) {
    return new SegmentOptions(
        maxSegments,
        bytes,
        maxValues,
        secondsPerTransfer,
        secondsPerLaunch,
        bytesPerSecond,
        macsPerSecond,
        sizes);
  }

  /** The same with sizes of open input dimensions. */
  public SegmentOptions withSizes(Map<String, Long> sizes) {
    return new SegmentOptions(
        maxSegments,
        minSegmentBytes,
        maxValues,
        secondsPerTransfer,
        secondsPerLaunch,
        bytesPerSecond,
        macsPerSecond,
        sizes);
  }
}
