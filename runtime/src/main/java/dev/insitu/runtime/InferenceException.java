package dev.insitu.runtime;

import java.util.Objects;

/** A model that cannot run, build or swap, with the class of the reason. */
public final class InferenceException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Why something failed. */
  public enum Reason {
    /** An input is missing, unknown, or has the wrong type or shape. */
    INPUT,
    /** The model was closed. */
    CLOSED,
    /** The segments needed did not become runnable in the time given. */
    TIMEOUT,
    /** The waiting thread was interrupted; its interrupt flag is set. */
    INTERRUPTED,
    /** Weights could not be written, for instance because the disk is full. */
    STORAGE,
    /** The package's graphs or chunks do not make a model that runs. */
    MODEL,
    /** There was not enough memory. */
    MEMORY,
    /** The engine failed. */
    ENGINE,
    /** A value has a type that this interface does not carry. */
    UNSUPPORTED,
    /** A candidate failed its health check; the active model was kept. */
    HEALTH
  }

  private final Reason reason;

  public InferenceException(Reason reason, String message) {
    super(message);
    this.reason = Objects.requireNonNull(reason);
  }

  public InferenceException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason);
  }

  public Reason reason() {
    return reason;
  }

  static InferenceException input(String message) {
    return new InferenceException(Reason.INPUT, message);
  }

  static InferenceException model(String message) {
    return new InferenceException(Reason.MODEL, message);
  }

  /**
   * Of memory that ran out.
   *
   * @param what names what it was wanted for
   */
  static InferenceException memory(String what, Throwable cause) {
    return new InferenceException(
        Reason.MEMORY, what + ": there is not enough memory: " + cause.getMessage(), cause);
  }

  static InferenceException closed(String model) {
    return new InferenceException(Reason.CLOSED, "Model '" + model + "' is closed.");
  }
}
