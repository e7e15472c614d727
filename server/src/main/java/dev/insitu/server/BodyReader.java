package dev.insitu.server;

import dev.insitu.server.Route.Metering;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the body of one request within its route's limits, and then runs the handler. */
final class BodyReader {

  private final Route route;
  private final Exchange exchange;
  private final Computing computing;
  private final Buffer body = Buffer.buffer();
  private final ByteBudget.@Nullable Share share;
  private boolean refused; // only on the connection's thread

  BodyReader(Route route, Exchange exchange, Computing shared) {
    Optional<Metering> metering = route.metering();
    this.route = route;
    this.exchange = exchange;
    this.computing = metering.map(Metering::computing).orElse(shared);
    this.share = metering.map(own -> own.bodies().share()).orElse(null);
  }

  /** Called on the connection's thread. */
  void read() {
    exchange.request().exceptionHandler(gone -> giveBack());
    exchange.request().handler(this::part);
    exchange.request().endHandler(ignored -> end());
  }

  private void part(Buffer part) {
    if (refused) {
      return;
    }
    if (body.length() + part.length() > route.bodyLimit()) {
      refuse(tooLarge(route.bodyLimit()));
    } else if (share != null && !share.take(part.length())) {
      refuse(route.metering().orElseThrow().bodies().full());
    } else {
      body.appendBuffer(part);
    }
  }

  private void refuse(Problem problem) {
    refused = true;
    giveBack();
    exchange.problem(problem);
  }

  private void end() {
    if (refused) {
      return;
    }
    exchange.request().exceptionHandler(gone -> {}); // from here on the handler gives back
    if (route.kind() == Route.Kind.DIRECT_BODY) {
      computing.attempt(exchange, this::handle);
    } else if (!computing.start(exchange, this::handle)) {
      giveBack();
    }
  }

  private void handle() throws Exception {
    try {
      route.handler().handle(exchange, body.getBytes());
    } finally {
      giveBack();
    }
  }

  private void giveBack() {
    if (share != null) {
      share.close();
    }
  }

  static Problem tooLarge(long limit) {
    return new Problem(
        413,
        "body-too-large",
        "The body is larger than " + limit + " bytes, the most that is read here.");
  }
}
