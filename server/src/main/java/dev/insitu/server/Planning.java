package dev.insitu.server;

import dev.insitu.planner.Calibration;
import dev.insitu.planner.ServerSide;
import java.util.Objects;

/**
 * How a server decides for devices.
 *
 * @param calibration what computing costs devices beside multiply-accumulates
 * @param server what it computes for them itself
 * @param mostBytes of memory for packages that are ready for decisions
 */
public record Planning(Calibration calibration, ServerSide server, long mostBytes) {

  /** Some thousand packages of a hundred chunks, but no more than an eighth of the heap. */
  public static final long DEFAULT_MOST_BYTES =
      Math.min(256L << 20, Runtime.getRuntime().maxMemory() / 8);

  /** Computes nothing for devices. */
  public static final Planning DEFAULT =
      new Planning(Calibration.DEFAULT, ServerSide.NONE, DEFAULT_MOST_BYTES);

  public Planning {
    Objects.requireNonNull(calibration);
    Objects.requireNonNull(server);
    if (mostBytes < 0) {
      throw new IllegalArgumentException(
          "Packages ready for decisions may take " + mostBytes + " bytes; 0 or more are possible.");
    }
  }

  /** The same, with another offer to compute. */
  public Planning withServer(ServerSide some) {
    return new Planning(calibration, some, mostBytes);
  }
}
