package dev.insitu.device;

/** What is being fetched is not what is wanted any more: another plan takes its place. */
final class ReplannedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Asking.Planned next;

  ReplannedException(Asking.Planned next) {
    super("There is another plan", null, false, false);
    this.next = next;
  }

  Asking.Planned next() {
    return next;
  }
}
