package dev.insitu.device;

/** The transfer is to stop: it was paused, its wishes changed, or the SDK is being closed. */
final class StoppedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  StoppedException(String message) {
    super(message, null, false, false);
  }
}
