package dev.insitu.server;

import dev.insitu.server.Route.Metering;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Finds the route of a request, reads its body within the limit, runs the handler on the right
 * thread, and answers errors.
 */
final class Router {

  private static final byte[] NO_BODY = {};

  private final List<Entry> entries = new ArrayList<>();
  private final Metering shared;
  private final Duration bodyPatience;
  private final ServerMetrics metrics;

  private record Entry(Route route, List<String> template) {}

  /**
   * @param shared for routes that have no limits of their own
   * @param bodyPatience how long no byte of a body may come
   */
  Router(List<Route> routes, Metering shared, Duration bodyPatience, ServerMetrics metrics) {
    for (Route route : routes) {
      entries.add(new Entry(route, Route.split(route.template()).orElseThrow()));
    }
    this.shared = shared;
    this.bodyPatience = bodyPatience;
    this.metrics = metrics;
  }

  /** Answers a request; called on its connection's thread. */
  void handle(HttpServerRequest request) {
    Context context = Objects.requireNonNull(Vertx.currentContext());
    Exchange plain = new Exchange(request, Map.of(), context);
    Optional<List<String>> path =
        request.path() == null ? Optional.empty() : Route.split(request.path());
    if (path.isEmpty()) {
      metrics.track(request, "unknown");
      plain.problem(
          new Problem(400, "path-invalid", "The path of the request is not well formed."));
      return;
    }
    boolean known = false;
    for (Entry entry : entries) {
      Optional<Map<String, String>> parameters = Route.match(entry.template(), path.get());
      if (parameters.isPresent()) {
        known = true;
        if (entry.route().answers(request.method())) {
          metrics.track(request, entry.route().template());
          run(entry.route(), new Exchange(request, parameters.get(), context));
          return;
        }
      }
    }
    metrics.track(request, "unknown");
    plain.problem(known ? wrongMethod(request) : unknownPath());
  }

  private static Problem wrongMethod(HttpServerRequest request) {
    return new Problem(
        405,
        "method-not-allowed",
        "This path does not answer " + request.method() + ".\nMaybe see /openapi.json.");
  }

  private static Problem unknownPath() {
    return new Problem(
        404,
        "path-unknown",
        "There is nothing at this path.\nMaybe see /openapi.json for what there is.");
  }

  private void run(Route route, Exchange exchange) {
    Computing computing = shared.computing();
    switch (route.kind()) {
      case DIRECT -> computing.attempt(exchange, () -> route.handler().handle(exchange, NO_BODY));
      case BLOCKING -> computing.start(exchange, () -> route.handler().handle(exchange, NO_BODY));
      case BODY, DIRECT_BODY -> new BodyReader(route, exchange, shared, bodyPatience).read();
    }
  }
}
