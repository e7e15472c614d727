package dev.insitu.server.inference;

import java.util.Objects;

/** A request that is not computed, though it may be right. */
public final class RefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** Too many wait already, or all memory is in use: try again. */
    BUSY,
    /** It would never fit into the memory for models. */
    TOO_LARGE,
    /** The server is being stopped. */
    STOPPING
  }

  private final Reason reason;

  RefusedException(Reason reason, String message) {
    super(message, null, false, false);
    this.reason = Objects.requireNonNull(reason);
  }

  public Reason reason() {
    return reason;
  }
}
