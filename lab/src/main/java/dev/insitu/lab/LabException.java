package dev.insitu.lab;

/** An experiment that cannot be carried out as asked; the message says what to change. */
public final class LabException extends RuntimeException {

  /**
   * @param message what is wrong, by name, value and limit
   */
  public LabException(String message) {
    super(message);
  }
}
