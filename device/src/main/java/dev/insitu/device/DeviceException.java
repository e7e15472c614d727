package dev.insitu.device;

import java.util.Objects;

/** Something the device could not do, with the class of the reason. */
public final class DeviceException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Why something failed. */
  public enum Reason {
    /** Another process, or another object of this one, has the directory open. */
    DIRECTORY_IN_USE,
    /** The directory cannot be read or written. */
    STORAGE,
    /** The disk has no room left. */
    DISK_FULL,
    /** The byte budget does not leave room. */
    BUDGET,
    /** The server refused, or answered with something that is not its protocol. */
    SERVER,
    /** No sub-model keeps all limits of the situation; the message says which contradict. */
    INFEASIBLE,
    /** Not enough arrived in the time given for anything to run. */
    TIME_OVER,
    /** All attempts that the retry policy allows were used up. */
    NETWORK,
    /** Not signed by a key that is pinned. */
    UNTRUSTED,
    /** An earlier version was offered in place of the one that is held. */
    OLDER_VERSION,
    /** The same bytes came wrong again and again. */
    CORRUPT,
    /** The package needs a newer version of this software. */
    TOO_NEW,
    /** Bytes have their digests and still cannot be used. */
    UNUSABLE,
    /** There is not enough memory to run what was asked for. */
    OUT_OF_MEMORY,
    /** A new version did not pass its check. */
    HEALTH_CHECK,
    /** There is nothing on the device that could run. */
    NOT_RUNNABLE,
    /** No policy of answering early fits the budget. */
    NO_POLICY,
    /** The server that is to compute a part did not, and nothing on the device can answer alone. */
    ASSISTANCE,
    /** The object is closed. */
    CLOSED
  }

  private final Reason reason;

  DeviceException(Reason reason, String message) {
    super(message);
    this.reason = Objects.requireNonNull(reason);
  }

  DeviceException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason);
  }

  public Reason reason() {
    return reason;
  }
}
