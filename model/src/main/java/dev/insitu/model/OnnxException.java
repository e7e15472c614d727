package dev.insitu.model;

/**
 * An ONNX file that cannot be read, understood or written. The message names the thing, its value
 * and the limit; a second line beginning "Maybe" gives advice where there is any.
 */
public final class OnnxException extends RuntimeException {

  /** An error without a cause of its own. */
  public OnnxException(String message) {
    super(message);
  }

  /** An error with the exception that led to it. */
  public OnnxException(String message, Throwable cause) {
    super(message, cause);
  }

  /** The same error, its message begun with where it happened. */
  OnnxException in(String place) {
    return new OnnxException(place + ": " + getMessage(), getCause() == null ? this : getCause());
  }
}
