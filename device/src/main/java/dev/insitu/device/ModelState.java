package dev.insitu.device;

import java.util.Objects;

/**
 * Where a model stands. Whether it can run is another question: an earlier version, or what has
 * arrived of this one, may serve in any of these states.
 */
public sealed interface ModelState {

  /** Nothing of it is on the device, or a part that nobody fetches the rest of. */
  record Available() implements ModelState {}

  /** It is being planned, fetched, built or swapped in. */
  record Downloading() implements ModelState {}

  /**
   * The transfer waits; it goes on by itself when the reason is gone.
   *
   * @param reason for users
   */
  record Paused(String reason) implements ModelState {
    public Paused {
      Objects.requireNonNull(reason);
    }
  }

  /** All that was asked for is on the device; whether there is something newer is not known. */
  record Downloaded() implements ModelState {}

  /**
   * All that was asked for is on the device, and the server had nothing newer when it was asked
   * last.
   */
  record UpToDate() implements ModelState {}

  /**
   * What is on the device serves; the server has something else.
   *
   * @param version that the server has
   * @param reason why it is not being fetched, for users
   */
  record OutOfDate(String version, String reason) implements ModelState {
    public OutOfDate {
      Objects.requireNonNull(version);
      Objects.requireNonNull(reason);
    }
  }

  /**
   * The transfer failed. What was there before serves on.
   *
   * @param reason its class
   * @param message names the thing, the value, the limit and what may help
   * @param retrying whether it is tried again by itself, as with a full disk
   */
  record Failed(DeviceException.Reason reason, String message, boolean retrying)
      implements ModelState {
    public Failed {
      Objects.requireNonNull(reason);
      Objects.requireNonNull(message);
    }
  }
}
