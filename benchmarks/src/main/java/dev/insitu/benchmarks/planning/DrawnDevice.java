package dev.insitu.benchmarks.planning;

import java.util.Objects;
import java.util.OptionalDouble;

/**
 * A device with its link and what it wants.
 *
 * @param memoryBytes free
 * @param storageBytes free
 * @param macsPerSecond multiply-accumulates in a second
 * @param bitsPerSecond mean rate of its channel
 * @param roundTripSeconds of its link
 * @param deadlineSeconds most until the first answer
 * @param inferences that it expects
 * @param accuracyFloor least accuracy that it wants, if any
 * @param trace which of the channels it has: a share of their number, 0 to below 1
 * @param moment when it asks: a share of the trace's length, 0 to below 1
 */
public record DrawnDevice(
    long memoryBytes,
    long storageBytes,
    double macsPerSecond,
    double bitsPerSecond,
    double roundTripSeconds,
    double deadlineSeconds,
    long inferences,
    OptionalDouble accuracyFloor,
    double trace,
    double moment) {

  public DrawnDevice {
    Objects.requireNonNull(accuracyFloor);
  }
}
