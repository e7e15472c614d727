package dev.insitu.device;

import java.time.Duration;
import java.util.Optional;

/**
 * How far a model has come.
 *
 * @param model its name
 * @param version that is being fetched, or serves; empty while that is not known
 * @param state where it stands
 * @param step what is being done
 * @param totalBytes of the transfer, the manifest included; known before its first byte, 0 before
 *     the plan
 * @param doneBytes of these that are on the device; never falls while one version is fetched
 * @param bytesPerSecond at which content has come lately; 0 until that is known
 * @param timeLeft at that rate; empty if it is not known
 * @param runnableSegments how many segments of the serving version can run
 * @param segments how many it has; 0 while that is not known
 */
public record Progress(
    String model,
    String version,
    ModelState state,
    Step step,
    long totalBytes,
    long doneBytes,
    double bytesPerSecond,
    Optional<Duration> timeLeft,
    int runnableSegments,
    int segments) {

  /** What is being done. */
  public enum Step {
    /** Nothing. */
    IDLE,
    /** The server is asked what to send. */
    PLANNING,
    /** Content comes. */
    FETCHING,
    /** The new version is put together and checked; the old one serves. */
    BUILDING,
    /** Nothing can be done now; the state says why. */
    WAITING
  }

  /** Share of the bytes that are here, 0 to 1. */
  public double fraction() {
    return totalBytes == 0 ? 0 : Math.min(1, (double) doneBytes / totalBytes);
  }
}
