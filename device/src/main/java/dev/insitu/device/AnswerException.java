package dev.insitu.device;

import java.io.IOException;
import java.time.Duration;

/** An answer of the server that is not what was asked for. */
abstract sealed class AnswerException extends IOException {

  private static final long serialVersionUID = 1L;

  AnswerException(String message) {
    super(message);
  }

  /** The server cannot answer now: try again later. */
  static final class Busy extends AnswerException {
    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;

    /**
     * @param retryAfter how long the server asks to wait; zero if it does not
     */
    Busy(String message, Duration retryAfter) {
      super(message);
      this.retryAfter = retryAfter;
    }

    Duration retryAfter() {
      return retryAfter;
    }
  }

  /** The plan is not what the server has now: post the wishes again. */
  static final class PlanGone extends AnswerException {
    private static final long serialVersionUID = 1L;

    PlanGone(String message) {
      super(message);
    }
  }

  /** Asking again would not help. */
  static final class Refused extends AnswerException {
    private static final long serialVersionUID = 1L;

    private final DeviceException.Reason reason;

    Refused(DeviceException.Reason reason, String message) {
      super(message);
      this.reason = reason;
    }

    DeviceException.Reason reason() {
      return reason;
    }
  }
}
