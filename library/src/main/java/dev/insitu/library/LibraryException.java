package dev.insitu.library;

import java.util.Objects;

/** Something the library does not have, will not do, or cannot do, with the class of the reason. */
public final class LibraryException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Why something was refused. */
  public enum Reason {
    /** There is no model of that name. */
    UNKNOWN_MODEL,
    /** The model has no such version. */
    UNKNOWN_VERSION,
    /** No version has that manifest. */
    UNKNOWN_MANIFEST,
    /** No such chunk is stored. */
    UNKNOWN_CHUNK,
    /** A version that exists would have to change. */
    CONFLICT,
    /** The package is not whole. */
    INCOMPLETE,
    /** Another process has the directory open. */
    LOCKED,
    /** What is on disk contradicts itself. */
    DAMAGED,
    /** The disk does not have the room. */
    FULL,
    /** Written by a later version of this program. */
    TOO_NEW
  }

  private final Reason reason;

  public LibraryException(Reason reason, String message) {
    super(message);
    this.reason = Objects.requireNonNull(reason);
  }

  public LibraryException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason);
  }

  public Reason reason() {
    return reason;
  }
}
