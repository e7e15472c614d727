package dev.insitu.device;

/** The transfer must wait until somebody lets it go on. */
final class PausedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * @param reason as users read it
   */
  PausedException(String reason) {
    super(reason, null, false, false);
  }
}
