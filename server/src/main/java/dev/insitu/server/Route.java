package dev.insitu.server;

import io.vertx.core.http.HttpMethod;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A method and path with what answers it.
 *
 * @param method of the request; a GET route answers HEAD as well
 * @param template path whose {@code {name}} parts are parameters
 * @param kind on which thread, with or without a body
 * @param bodyLimit most bytes of a body that is read before the handler runs
 * @param metering what bodies and computing are taken from; empty for what the other routes share
 * @param handler answers
 */
record Route(
    HttpMethod method,
    String template,
    Kind kind,
    int bodyLimit,
    Optional<Metering> metering,
    Handler handler) {

  /**
   * Limits that some routes have for themselves, so that the others go on when they are reached.
   *
   * @param bodies bytes of bodies, taken from the first byte on until the handler has ended
   * @param computing runs the handler
   */
  record Metering(ByteBudget bodies, Computing computing) {}

  /** Where a handler runs. */
  enum Kind {
    /** On the connection's thread: must not block. */
    DIRECT,
    /** On a thread of its own. */
    BLOCKING,
    /** On a thread of its own, once the body has been read. */
    BODY,
    /** On the connection's thread, once the body has been read: must not block. */
    DIRECT_BODY
  }

  /** Answers a request. */
  interface Handler {

    /**
     * Answers.
     *
     * @param body what was sent; empty unless the route reads bodies
     */
    void handle(Exchange exchange, byte[] body) throws Exception;
  }

  static Route direct(HttpMethod method, String template, Handler handler) {
    return new Route(method, template, Kind.DIRECT, 0, Optional.empty(), handler);
  }

  static Route blocking(HttpMethod method, String template, Handler handler) {
    return new Route(method, template, Kind.BLOCKING, 0, Optional.empty(), handler);
  }

  static Route body(HttpMethod method, String template, int bodyLimit, Handler handler) {
    return new Route(method, template, Kind.BODY, bodyLimit, Optional.empty(), handler);
  }

  static Route metered(
      HttpMethod method, String template, int bodyLimit, Metering metering, Handler handler) {
    return new Route(method, template, Kind.BODY, bodyLimit, Optional.of(metering), handler);
  }

  static Route directBody(HttpMethod method, String template, int bodyLimit, Handler handler) {
    return new Route(method, template, Kind.DIRECT_BODY, bodyLimit, Optional.empty(), handler);
  }

  boolean answers(HttpMethod asked) {
    return method.equals(asked) || method.equals(HttpMethod.GET) && asked.equals(HttpMethod.HEAD);
  }

  /** Splits a path at its slashes, or nothing if it is no absolute path or badly encoded. */
  static Optional<List<String>> split(String path) {
    if (!path.startsWith("/")) {
      return Optional.empty();
    }
    String[] parts = path.substring(1).split("/", -1);
    try {
      for (int i = 0; i < parts.length; i++) {
        parts[i] = decode(parts[i]);
      }
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    return Optional.of(List.of(parts));
  }

  private static String decode(String part) {
    return part.indexOf('%') < 0
        ? part
        : URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** The parameters if the path fits. */
  static Optional<Map<String, String>> match(List<String> template, List<String> path) {
    if (template.size() != path.size()) {
      return Optional.empty();
    }
    for (int i = 0; i < template.size(); i++) {
      String expected = template.get(i);
      if (!expected.startsWith("{") && !expected.equals(path.get(i))) {
        return Optional.empty();
      }
    }
    Map<String, String> parameters = new HashMap<>();
    for (int i = 0; i < template.size(); i++) {
      String name = template.get(i);
      if (name.startsWith("{")) {
        parameters.put(name.substring(1, name.length() - 1), path.get(i));
      }
    }
    return Optional.of(parameters);
  }
}
