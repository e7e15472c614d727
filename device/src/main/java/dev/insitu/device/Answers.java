package dev.insitu.device;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.insitu.device.Transport.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** Reads what servers answer: bounded bodies, problems (RFC 9457), and when to come back. */
final class Answers {

  private static final int MAX_PROBLEM = 1 << 20; // an infeasible situation comes with plans
  private static final int BUFFER = 8 << 10;
  private static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(1);
  private static final JsonFactory JSON = new JsonFactory();

  private Answers() {}

  /**
   * The whole body.
   *
   * @param most bytes that are read
   * @throws AnswerException.Refused if there are more
   */
  static byte[] body(Response response, int most, Tally tally) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    byte[] buffer = new byte[BUFFER];
    for (int read = response.read(buffer, 0, BUFFER);
        read >= 0;
        read = response.read(buffer, 0, BUFFER)) {
      tally.addOther(read);
      body.write(buffer, 0, read);
      if (body.size() > most) {
        throw new AnswerException.Refused(
            DeviceException.Reason.SERVER,
            "The server's answer has more than "
                + most
                + " bytes, which is the most that is read.");
      }
    }
    return body.toByteArray();
  }

  /**
   * What an answer without success means.
   *
   * @param what was asked for, as in "the plan of model 'x'"
   */
  static AnswerException failure(Response response, String what, Tally tally) {
    int status = response.status();
    Problem problem = problem(response, tally);
    String message =
        "The server answers "
            + status
            + " to the request for "
            + what
            + (problem.detail().isEmpty() ? "." : ": " + problem.detail());
    if (status == 408 || status == 425 || status == 429 || status >= 500) {
      return new AnswerException.Busy(message, retryAfter(response));
    }
    if (problem.code().equals("plan-unknown")) {
      return new AnswerException.PlanGone(message);
    }
    boolean infeasible = problem.code().equals("situation-infeasible");
    return new AnswerException.Refused(
        infeasible ? DeviceException.Reason.INFEASIBLE : DeviceException.Reason.SERVER, message);
  }

  /** How long the server asks to wait: seconds, or a date by its own clock. */
  static Duration retryAfter(Response response) {
    String value = response.header("Retry-After").orElse("").trim();
    Duration wait = Duration.ZERO;
    if (value.matches("\\d{1,9}")) {
      wait = Duration.ofSeconds(Long.parseLong(value));
    } else {
      Optional<Instant> until = date(value);
      Optional<Instant> now = response.header("Date").flatMap(Answers::date);
      if (until.isPresent() && now.isPresent()) {
        wait = Duration.between(now.get(), until.get());
      }
    }
    if (wait.isNegative()) {
      return Duration.ZERO;
    }
    return wait.compareTo(LONGEST_RETRY_AFTER) > 0 ? LONGEST_RETRY_AFTER : wait;
  }

  private static Optional<Instant> date(String text) {
    try {
      return Optional.of(
          ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty(); // a date nobody can read says nothing
    }
  }

  /**
   * What a problem document says.
   *
   * @param code stable name of the kind; empty if there is none
   * @param detail for people; empty if there is none
   */
  record Problem(String code, String detail) {}

  private static Problem problem(Response response, Tally tally) {
    try {
      return readProblem(body(response, MAX_PROBLEM, tally));
    } catch (IOException e) {
      return new Problem("", ""); // the status says enough
    }
  }

  private static Problem readProblem(byte[] body) throws IOException {
    String code = "";
    String detail = "";
    try (JsonParser json = JSON.createParser(body)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return new Problem("", "");
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        boolean text = json.nextToken() == JsonToken.VALUE_STRING;
        if (text && name.equals("code")) {
          code = json.getText();
        } else if (text && name.equals("detail")) {
          detail = json.getText();
        } else {
          json.skipChildren();
        }
      }
    }
    return new Problem(code, detail);
  }
}
