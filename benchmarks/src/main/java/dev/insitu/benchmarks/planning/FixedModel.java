package dev.insitu.benchmarks.planning;

import java.util.Objects;

/**
 * A model that is the same for every device: it comes whole, then it runs.
 *
 * @param name of it
 * @param bytes that come
 * @param memoryBytes at once
 * @param storageBytes on the disk
 * @param macs of an inference
 * @param accuracy of it
 * @param loadSeconds to make its session
 */
public record FixedModel(
    String name,
    long bytes,
    long memoryBytes,
    long storageBytes,
    long macs,
    double accuracy,
    double loadSeconds) {

  public FixedModel {
    Objects.requireNonNull(name);
  }

  /** When it gives the first answer to a device of a speed that asked at a moment. */
  double firstAnswer(Playback playback, double asked, double macsPerSecond) {
    return playback.arrival(asked, (double) bytes) + loadSeconds + macs / macsPerSecond;
  }
}
