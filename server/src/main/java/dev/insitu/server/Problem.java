package dev.insitu.server;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.insitu.elastic.ElasticException;
import dev.insitu.library.LibraryException;
import dev.insitu.runtime.InferenceException;
import dev.insitu.server.inference.RefusedException;
import java.io.IOException;
import java.util.Objects;

/**
 * An error as clients see it (RFC 9457).
 *
 * @param status of the response
 * @param code stable name of the kind of error, for programs
 * @param detail names the thing, its value, the limit, and what may help; for people
 */
public record Problem(int status, String code, String detail) {

  /** Media type of the JSON form. */
  public static final String MEDIA_TYPE = "application/problem+json";

  private static final ObjectMapper JSON = new ObjectMapper();

  public Problem {
    Objects.requireNonNull(code);
    Objects.requireNonNull(detail);
  }

  /** Thrown where a request is refused. */
  static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Problem problem;

    Refusal(int status, String code, String detail) {
      super(detail, null, false, false);
      this.problem = new Problem(status, code, detail);
    }

    Problem problem() {
      return problem;
    }
  }

  /** What a failure looks like from outside. Never tells more than its message. */
  static Problem of(Throwable failure) {
    return switch (failure) {
      case Refusal refusal -> refusal.problem();
      case LibraryException e -> of(e);
      case ElasticException e -> of(e);
      case InferenceException e -> of(e);
      case RefusedException e -> of(e);
      case IOException e when message(e).contains("No space left") ->
          new Problem(
              507,
              "storage-full",
              "The server's disk is full: "
                  + message(e)
                  + ".\nMaybe remove versions and collect, then try again.");
      case IOException e ->
          new Problem(
              500,
              "storage-failed",
              "The library's files cannot be read or written: " + e.getMessage() + ".");
      case OutOfMemoryError e ->
          new Problem(
              503,
              "memory-short",
              "The server has not enough memory for this: "
                  + e.getMessage()
                  + ".\nMaybe send less at a time, or try again later.");
      default ->
          new Problem(
              500,
              "internal",
              "The server failed: " + failure + ".\nMaybe look at its log and report this.");
    };
  }

  private static Problem of(LibraryException e) {
    return switch (e.reason()) {
      case UNKNOWN_MODEL -> new Problem(404, "model-unknown", message(e));
      case UNKNOWN_VERSION -> new Problem(404, "version-unknown", message(e));
      case UNKNOWN_MANIFEST -> new Problem(404, "manifest-unknown", message(e));
      case UNKNOWN_CHUNK -> new Problem(404, "blob-unknown", message(e));
      case CONFLICT -> new Problem(409, "version-conflict", message(e));
      case INCOMPLETE -> new Problem(422, "package-incomplete", message(e));
      case FULL -> new Problem(507, "storage-full", message(e));
      case LOCKED, DAMAGED, TOO_NEW -> new Problem(500, "library-unusable", message(e));
    };
  }

  private static Problem of(ElasticException e) {
    return switch (e.reason()) {
      case INVALID -> new Problem(400, "request-invalid", message(e));
      case LIMIT -> new Problem(413, "limit-exceeded", message(e));
      case CORRUPT -> new Problem(422, "package-corrupt", message(e));
      case TOO_NEW -> new Problem(422, "package-too-new", message(e));
      case UNTRUSTED -> new Problem(403, "package-untrusted", message(e));
    };
  }

  private static Problem of(InferenceException e) {
    return switch (e.reason()) {
      case INPUT -> new Problem(400, "input-invalid", message(e));
      case UNSUPPORTED -> new Problem(400, "input-unsupported", message(e));
      // shapes and types were as declared: what else is wrong only the model's operators know
      case ENGINE -> new Problem(422, "inference-failed", message(e));
      case CLOSED, INTERRUPTED, TIMEOUT ->
          new Problem(503, "stopping", message(e) + "\nMaybe try again in a moment.");
      case MEMORY -> new Problem(503, "memory-short", message(e) + "\nMaybe try again later.");
      case STORAGE, MODEL, HEALTH -> new Problem(500, "model-unusable", message(e));
    };
  }

  private static Problem of(RefusedException e) {
    return switch (e.reason()) {
      case BUSY -> new Problem(503, "inference-busy", message(e));
      case STOPPING -> new Problem(503, "stopping", message(e));
      case TOO_LARGE -> new Problem(422, "model-too-large", message(e));
    };
  }

  private static String message(Exception e) {
    return Objects.requireNonNullElse(e.getMessage(), e.toString());
  }

  /** The JSON form. */
  byte[] toJson() {
    return toJson(JSON.createObjectNode());
  }

  /**
   * The JSON form with further fields; {@code errors} repeats it as registries do, for clients of
   * their paths, and {@code error} as servers of the Open Inference Protocol do.
   */
  byte[] toJson(ObjectNode further) {
    ObjectNode node = JSON.createObjectNode();
    node.put("type", "about:blank").put("status", status).put("code", code).put("detail", detail);
    node.put("error", detail);
    node.setAll(further);
    node.putArray("errors").addObject().put("code", registryCode()).put("message", detail);
    return bytes(node);
  }

  /** Nothing but what is wrong, as the Open Inference Protocol has it. */
  byte[] toProtocolJson() {
    return bytes(JSON.createObjectNode().put("error", detail));
  }

  private static byte[] bytes(ObjectNode node) {
    try {
      return JSON.writeValueAsBytes(node);
    } catch (IOException e) {
      throw new IllegalStateException("Writing to memory cannot fail", e);
    }
  }

  private String registryCode() {
    return switch (code) {
      case "model-unknown" -> "NAME_UNKNOWN";
      case "version-unknown", "manifest-unknown" -> "MANIFEST_UNKNOWN";
      case "blob-unknown" -> "BLOB_UNKNOWN";
      case "token-missing", "token-wrong" -> "UNAUTHORIZED";
      case "request-invalid" -> "NAME_INVALID";
      default -> "UNSUPPORTED";
    };
  }
}
