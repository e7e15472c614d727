package dev.insitu.elastic.plan;

import dev.insitu.elastic.ElasticException;
import java.util.Objects;
import java.util.Optional;

/**
 * The link between a device and the server. What is empty is not known.
 *
 * @param downlinkBitsPerSecond to the device; 0 if nothing comes through
 * @param uplinkBitsPerSecond from the device
 * @param roundTripSeconds there and back
 * @param lossRate share of what is sent that is lost and has to be sent again, below 1: rates are
 *     those before such losses. A rate of bytes that arrived has them in it already, so nothing is
 *     said of losses beside it
 * @param bitErrorRate share of wrong bits, below 0.5; the same holds
 */
public record Channel(
    Optional<Estimate> downlinkBitsPerSecond,
    Optional<Estimate> uplinkBitsPerSecond,
    Optional<Estimate> roundTripSeconds,
    Optional<Estimate> lossRate,
    Optional<Estimate> bitErrorRate) {

  /** Nothing is known. */
  public static final Channel UNKNOWN =
      new Channel(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  private static final int PACKET_BITS = 12_000; // 1,500 bytes: one wrong bit loses them all

  public Channel {
    Objects.requireNonNull(downlinkBitsPerSecond);
    Bounds.estimate(
        "downlinkBitsPerSecond", "downlinkSpreadBitsPerSecond", downlinkBitsPerSecond, Bounds.MOST);
    Bounds.estimate(
        "uplinkBitsPerSecond", "uplinkSpreadBitsPerSecond", uplinkBitsPerSecond, Bounds.MOST);
    Bounds.estimate(
        "roundTripSeconds", "roundTripSpreadSeconds", roundTripSeconds, Bounds.MOST_SECONDS);
    requireBelow("lossRate", "lossRateSpread", lossRate, 1);
    requireBelow("bitErrorRate", "bitErrorRateSpread", bitErrorRate, 0.5);
  }

  private static void requireBelow(
      String name, String spreadName, Optional<Estimate> value, double end) {
    if (value.isPresent() && !(value.get().mean() < end)) {
      throw ElasticException.invalid(
          "'"
              + name
              + "' is "
              + value.get().mean()
              + "; it must be 0 or more and below "
              + end
              + ".");
    }
    Bounds.estimate(name, spreadName, value, 1);
  }

  /** A link whose rates and round trip are known without their spread. */
  public static Channel of(double downlink, double uplink, double roundTripSeconds) {
    return new Channel(
        Optional.of(Estimate.of(downlink)),
        Optional.of(Estimate.of(uplink)),
        Optional.of(Estimate.of(roundTripSeconds)),
        Optional.empty(),
        Optional.empty());
  }

  /**
   * The share of what is sent that arrives at once.
   *
   * @param deviations of the loss from its mean: a positive number for a worse link
   */
  public double arriving(double deviations) {
    double lost = lossRate.map(some -> some.at(deviations)).orElse(0.0);
    double wrong = bitErrorRate.map(some -> some.at(deviations)).orElse(0.0);
    return Math.max(0, 1 - lost) * Math.pow(Math.max(0, 1 - wrong), PACKET_BITS);
  }
}
