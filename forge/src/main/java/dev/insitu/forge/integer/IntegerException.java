package dev.insitu.forge.integer;

/** A model that cannot be made integer as asked; the message says what to do. */
public final class IntegerException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public IntegerException(String message) {
    super(message);
  }

  public IntegerException(String message, Throwable cause) {
    super(message, cause);
  }
}
