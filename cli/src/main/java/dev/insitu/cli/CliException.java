package dev.insitu.cli;

/** A command that cannot be carried out, with advice. */
final class CliException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  CliException(String message) {
    super(message);
  }
}
