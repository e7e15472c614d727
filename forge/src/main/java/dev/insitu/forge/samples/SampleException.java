package dev.insitu.forge.samples;

/** Samples that cannot be used: the message names the file, what is wrong and what to do. */
public final class SampleException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public SampleException(String message) {
    super(message);
  }

  public SampleException(String message, Throwable cause) {
    super(message, cause);
  }
}
