package dev.insitu.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import dev.insitu.runtime.protocol.InferenceBody;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** One request and its answer. Answers may be given from any thread, once. */
final class Exchange {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Duration REST = Duration.ofSeconds(10);

  private final HttpServerRequest request;
  private final Map<String, String> parameters;
  private final Context context;

  Exchange(HttpServerRequest request, Map<String, String> parameters, Context context) {
    this.request = request;
    this.parameters = parameters;
    this.context = context;
  }

  HttpServerRequest request() {
    return request;
  }

  HttpServerResponse response() {
    return request.response();
  }

  boolean isHead() {
    return request.method().equals(HttpMethod.HEAD);
  }

  /** A part of the path, decoded. */
  String path(String name) {
    String value = parameters.get(name);
    if (value == null) {
      throw new IllegalStateException("The route has no {" + name + "}");
    }
    return value;
  }

  /** A part of the path that not all paths of the route's handler have, decoded. */
  Optional<String> pathIfAny(String name) {
    return Optional.ofNullable(parameters.get(name));
  }

  /** A digest in the path; what is none names nothing that exists. */
  Digest digest(String name, String code) {
    try {
      return Digest.parse(path(name));
    } catch (ElasticException e) {
      throw new Problem.Refusal(404, code, Problem.of(e).detail());
    }
  }

  Optional<String> query(String name) {
    return Optional.ofNullable(request.getParam(name));
  }

  Optional<String> header(CharSequence name) {
    return Optional.ofNullable(request.getHeader(name));
  }

  /** Bytes that the request's body is to have, as its client says; 0 if it does not. */
  long declaredBytes() {
    try {
      return header(HttpHeaders.CONTENT_LENGTH).map(Long::parseLong).orElse(0L);
    } catch (NumberFormatException e) {
      return 0; // refused by the HTTP decoder before, or counted as it arrives
    }
  }

  /** Has a client send the body that waits with it until it is asked. */
  void askForBody() {
    if (header(HttpHeaders.EXPECT).filter("100-continue"::equalsIgnoreCase).isPresent()) {
      response().writeContinue();
    }
  }

  /** Runs something on the thread that owns the connection. */
  void onConnection(Runnable action) {
    context.runOnContext(ignored -> action.run());
  }

  /**
   * Runs something later on this thread, which is the connection's.
   *
   * @return for {@link #cancel}
   */
  long after(Duration time, Runnable action) {
    return context.owner().setTimer(time.toMillis(), ignored -> action.run());
  }

  /** Forgets what was to be run later. */
  void cancel(long timer) {
    context.owner().cancelTimer(timer);
  }

  void json(int status, Object value) {
    try {
      body(status, "application/json", JSON.writeValueAsBytes(value));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A value of ours is always JSON", e);
    }
  }

  /** Answers with the result of an inference. */
  void inference(InferenceBody answer) {
    onConnection(() ->
        answer
            .jsonBytes()
            .ifPresent(
                length -> response().putHeader(InferenceBody.HEADER, Integer.toString(length))));
    body(
        200,
        answer.jsonBytes().isPresent() ? "application/octet-stream" : "application/json",
        answer.bytes());
  }

  void body(int status, String mediaType, byte[] bytes) {
    onConnection(() -> {
      if (response().ended() || response().closed()) {
        return;
      }
      response().setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, mediaType);
      finish(bytes);
    });
  }

  private void finish(byte[] bytes) {
    if (isHead()) {
      response().putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(bytes.length)).end();
    } else {
      response().end(Buffer.buffer(bytes));
    }
  }

  /**
   * Answers with an error. If the request has not been read to its end, the rest is passed over and
   * the connection closed.
   */
  void problem(Problem problem) {
    onConnection(() -> {
      if (response().headWritten()) {
        request.connection().close();
        return;
      }
      if (problem.status() == 401) {
        response().putHeader("WWW-Authenticate", "Bearer");
      }
      if (problem.status() == 503) {
        response().putHeader("Retry-After", "1");
      }
      response().headers().remove(HttpHeaders.CONTENT_LENGTH); // of what was to be sent instead
      boolean rest = !request.isEnded();
      if (rest) {
        response().putHeader(HttpHeaders.CONNECTION, "close");
      }
      boolean bare = wantsBareErrors();
      response()
          .setStatusCode(problem.status())
          .putHeader(HttpHeaders.CONTENT_TYPE, bare ? "application/json" : Problem.MEDIA_TYPE);
      finish(bare ? problem.toProtocolJson() : problem.toJson());
      if (rest) {
        passOverRest();
      }
    });
  }

  /**
   * Whether the error of an inference is to be as its protocol has it: there are clients that take
   * no other field. Who can read more says so.
   */
  private boolean wantsBareErrors() {
    return request.method().equals(HttpMethod.POST)
        && request.path() != null
        && request.path().startsWith("/v2/models/")
        && header(HttpHeaders.ACCEPT).filter(kind -> kind.contains(Problem.MEDIA_TYPE)).isEmpty();
  }

  /** Closing at once would reset the connection before the client has read why it was refused. */
  private void passOverRest() {
    request.handler(part -> {});
    request.endHandler(ignored -> request.connection().close());
    request.resume();
    after(REST, () -> request.connection().close());
  }
}
