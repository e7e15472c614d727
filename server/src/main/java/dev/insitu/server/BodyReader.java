package dev.insitu.server;

import dev.insitu.server.Route.Metering;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;

/** Reads the body of one request within its route's limits, and then runs the handler. */
final class BodyReader {

  private final Route route;
  private final Exchange exchange;
  private final Metering metering;
  private final Duration patience;
  private final ByteBudget.Share share;
  private Buffer body = Buffer.buffer(); // on the connection's thread, then on the handler's
  private boolean refused; // this and what follows only on the connection's thread
  private boolean came;
  private long timer = -1; // none yet

  /**
   * @param shared for routes that have no limits of their own
   * @param patience how long no byte may come
   */
  BodyReader(Route route, Exchange exchange, Metering shared, Duration patience) {
    this.route = route;
    this.exchange = exchange;
    this.metering = route.metering().orElse(shared);
    this.patience = patience;
    this.share = metering.bodies().share();
  }

  /** Called on the connection's thread. */
  void read() {
    exchange.request().exceptionHandler(gone -> stop());
    exchange.request().handler(this::part);
    exchange.request().endHandler(ignored -> end());
    if (exchange.declaredBytes() > route.bodyLimit()) {
      refuse(tooLarge(route.bodyLimit()));
      return;
    }
    exchange.askForBody();
    watch();
  }

  private void watch() {
    came = false;
    timer = exchange.after(patience, this::look);
  }

  private void look() {
    if (came) {
      watch();
    } else {
      refuse(unfinished());
    }
  }

  private void part(Buffer part) {
    if (refused) {
      return;
    }
    came = true;
    if (body.length() + part.length() > route.bodyLimit()) {
      refuse(tooLarge(route.bodyLimit()));
    } else if (!share.take(part.length())) {
      refuse(metering.bodies().full());
    } else {
      body.appendBuffer(part);
    }
  }

  private void refuse(Problem problem) {
    refused = true;
    stop();
    exchange.problem(problem);
  }

  private void stop() {
    exchange.cancel(timer);
    body = Buffer.buffer();
    share.close();
  }

  private void end() {
    if (refused) {
      return;
    }
    exchange.cancel(timer);
    exchange.request().exceptionHandler(gone -> {}); // from here on the handler gives back
    if (route.kind() == Route.Kind.DIRECT_BODY) {
      metering.computing().attempt(exchange, this::handle);
    } else if (!metering.computing().start(exchange, this::handle)) {
      share.close();
    }
  }

  private void handle() throws Exception {
    try {
      byte[] bytes = body.getBytes();
      body = Buffer.buffer(); // not twice in memory while it is worked on
      route.handler().handle(exchange, bytes);
    } finally {
      share.close();
    }
  }

  private Problem unfinished() {
    return new Problem(
        408,
        "body-unfinished",
        "Of the body "
            + body.length()
            + " bytes came, then none for "
            + patience.toMillis()
            + " milliseconds.\nMaybe the link is broken: send the request again.");
  }

  static Problem tooLarge(long limit) {
    return new Problem(
        413,
        "body-too-large",
        "The body is larger than "
            + limit
            + " bytes, the most that is read here.\nMaybe send it in several requests.");
  }
}
