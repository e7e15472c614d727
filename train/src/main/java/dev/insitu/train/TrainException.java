package dev.insitu.train;

/** Training that is not possible or went wrong: the message names what, where and what to do. */
public final class TrainException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public TrainException(String message) {
    super(message);
  }

  public TrainException(String message, Throwable cause) {
    super(message, cause);
  }
}
