package dev.insitu.server.inference;

/** Failures of other threads' work. */
final class Causes {

  private Causes() {}

  /**
   * What made a future fail, to be thrown.
   *
   * @throws Error if that is one
   */
  static RuntimeException unchecked(Exception wrapper) {
    Throwable cause = wrapper.getCause();
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof RuntimeException failure ? failure : new IllegalStateException(wrapper);
  }
}
