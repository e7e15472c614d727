package dev.insitu.forge;

/** A package that cannot be made, with advice. */
public final class ForgeException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public ForgeException(String message) {
    super(message);
  }

  public ForgeException(String message, Throwable cause) {
    super(message, cause);
  }
}
