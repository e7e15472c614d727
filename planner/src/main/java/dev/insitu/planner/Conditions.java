package dev.insitu.planner;

import dev.insitu.elastic.plan.Channel;
import dev.insitu.elastic.plan.DeviceState;
import dev.insitu.elastic.plan.Estimate;
import dev.insitu.elastic.plan.Situation;
import java.util.Optional;

/**
 * A situation as numbers to reckon with; what is not known costs nothing.
 *
 * @param secondsPerByteDown over the link, losses repaired; infinite if nothing comes through
 * @param secondsPerByteUp the same upwards
 * @param roundTripSeconds there and back
 * @param secondsPerMac of the device
 * @param serverSecondsPerMac of the server
 * @param serverOverheadSeconds of a request to it
 * @param joulesPerMac of computing
 * @param joulesPerByteDown of receiving
 * @param joulesPerByteUp of sending
 * @param inferences that are expected
 * @param startShare of the final accuracy with which first answers are given
 */
record Conditions(
    double secondsPerByteDown,
    double secondsPerByteUp,
    double roundTripSeconds,
    double secondsPerMac,
    double serverSecondsPerMac,
    double serverOverheadSeconds,
    double joulesPerMac,
    double joulesPerByteDown,
    double joulesPerByteUp,
    double inferences,
    double startShare) {

  static Conditions of(Situation situation, Calibration calibration, ServerSide server) {
    Channel channel = situation.channel();
    DeviceState device = situation.device();
    double deviations = Certainty.deviations(situation.wanted().certainty());
    double arriving = channel.arriving(deviations);
    return new Conditions(
        secondsPerByte(channel.downlinkBitsPerSecond(), deviations, arriving),
        secondsPerByte(channel.uplinkBitsPerSecond(), deviations, arriving),
        channel.roundTripSeconds().map(some -> some.at(deviations)).orElse(0.0),
        secondsPerMac(device, calibration),
        server.computes() ? 1 / server.macsPerSecond() : Double.POSITIVE_INFINITY,
        server.overheadSeconds(),
        device.energy().joulesPerMac().orElse(0),
        8 * device.energy().joulesPerBitDown().orElse(0),
        8 * device.energy().joulesPerBitUp().orElse(0),
        situation.wanted().inferences(),
        situation.wanted().startShare());
  }

  private static double secondsPerMac(DeviceState device, Calibration calibration) {
    if (device.modelMacsPerSecond().isPresent()) {
      return 1 / device.modelMacsPerSecond().getAsDouble();
    }
    return device.macsPerSecond().isPresent()
        ? 1 / (device.macsPerSecond().getAsDouble() * calibration.efficiency())
        : 0;
  }

  private static double secondsPerByte(
      Optional<Estimate> rate, double deviations, double arriving) {
    return rate.isPresent() ? 8 / (Certainty.least(rate.get(), deviations) * arriving) : 0;
  }

  /** Seconds for bytes down the link. */
  double down(long bytes) {
    return bytes == 0 ? 0 : bytes * secondsPerByteDown;
  }

  /** Seconds from sending a sample's features to having the answer. */
  double remote(Family.Remote remote) {
    double sending = remote.upBytes() == 0 ? 0 : remote.upBytes() * secondsPerByteUp;
    double computing = remote.macs() == 0 ? 0 : remote.macs() * serverSecondsPerMac;
    return sending + roundTripSeconds + serverOverheadSeconds + computing;
  }
}
