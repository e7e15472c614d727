package dev.insitu.server;

import java.util.concurrent.atomic.AtomicLong;

/** Bytes that requests may take together. Thread-safe. */
final class ByteBudget {

  private final long most;
  private final AtomicLong taken = new AtomicLong();

  ByteBudget(long most) {
    this.most = most;
  }

  /** What one request has taken; given back as a whole, at the end. */
  final class Share implements AutoCloseable {
    private final AtomicLong bytes = new AtomicLong();

    /** Takes more. False, and nothing is taken, if there is not so much. */
    boolean take(long more) {
      if (taken.addAndGet(more) > most) {
        taken.addAndGet(-more);
        return false;
      }
      bytes.addAndGet(more);
      return true;
    }

    /** Takes more, or refuses the request. */
    void require(long more) {
      if (!take(more)) {
        throw new Problem.Refusal(503, "busy", full().detail());
      }
    }

    @Override
    public void close() {
      taken.addAndGet(-bytes.getAndSet(0));
    }
  }

  /** A share of nothing yet. */
  Share share() {
    return new Share();
  }

  /** Why nothing more is taken. */
  Problem full() {
    return new Problem(
        503,
        "busy",
        "Requests of "
            + most
            + " bytes are being worked on; no more are taken.\nMaybe try again in a second.");
  }
}
