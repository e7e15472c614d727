package dev.insitu.planner;

/**
 * What the server offers to compute.
 *
 * @param macsPerSecond multiply-accumulates in a second for one request; 0 if it computes nothing
 * @param overheadSeconds of a request, beside the round trip
 */
public record ServerSide(double macsPerSecond, double overheadSeconds) {

  /** A server that computes nothing for devices. */
  public static final ServerSide NONE = new ServerSide(0, 0);

  public ServerSide {
    Calibration.require("macsPerSecond", macsPerSecond, 0, 1e18);
    Calibration.require("overheadSeconds", overheadSeconds, 0, 1e9);
  }

  /** Whether it takes part in inference. */
  public boolean computes() {
    return macsPerSecond > 0;
  }
}
