package dev.insitu.elastic;

import java.util.Objects;

/** A package, chunk, signature or plan that cannot be used, with the class of the reason. */
public final class ElasticException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Why something was refused. */
  public enum Reason {
    /** The bytes contradict the format or their digest. */
    CORRUPT,
    /** Written for a format this reader does not know. */
    TOO_NEW,
    /** Larger or deeper than the format's limits. */
    LIMIT,
    /** Not signed, signed by an unknown key, or the signature is wrong. */
    UNTRUSTED,
    /** The request asks for something the package does not have. */
    INVALID
  }

  private final Reason reason;

  public ElasticException(Reason reason, String message) {
    super(message);
    this.reason = Objects.requireNonNull(reason);
  }

  public ElasticException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason);
  }

  public Reason reason() {
    return reason;
  }

  /** The bytes contradict the format. */
  public static ElasticException corrupt(String message) {
    return new ElasticException(Reason.CORRUPT, message);
  }

  /** A count or size is above the format's limit. */
  public static ElasticException limit(String message) {
    return new ElasticException(Reason.LIMIT, message);
  }

  /** The caller asked for something the package does not have. */
  public static ElasticException invalid(String message) {
    return new ElasticException(Reason.INVALID, message);
  }
}
