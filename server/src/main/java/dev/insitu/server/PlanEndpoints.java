package dev.insitu.server;

import dev.insitu.elastic.Digest;
import dev.insitu.elastic.Names;
import dev.insitu.elastic.Signatures.Signed;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.PlanJson;
import dev.insitu.elastic.plan.PlanMaker;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.library.Library;
import dev.insitu.library.LibraryException;
import dev.insitu.library.OpenPlan;
import dev.insitu.library.StoredBytes;
import dev.insitu.library.StoredPackage;
import dev.insitu.server.ContentSender.Representation;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Plans and their content. */
final class PlanEndpoints {

  /** Most bytes of wishes: the held ranges of a package of some hundred thousand chunks. */
  static final int MAX_WISHES = 4 << 20;

  private final Library library;
  private final ContentSender sender;
  private final RunningStreams streams;
  private final ServerMetrics metrics;

  PlanEndpoints(
      Library library, ContentSender sender, RunningStreams streams, ServerMetrics metrics) {
    this.library = library;
    this.sender = sender;
    this.streams = streams;
    this.metrics = metrics;
  }

  List<Route> routes() {
    return List.of(
        Route.body(HttpMethod.POST, "/v1/models/{name}/plan", MAX_WISHES, this::plan),
        Route.direct(
            HttpMethod.GET, "/v1/plans/{id}/content", (exchange, body) -> content(exchange)),
        Route.direct(HttpMethod.POST, "/v1/plans/{id}/cut", (exchange, body) -> cut(exchange)));
  }

  private void plan(Exchange exchange, byte[] body) {
    long begin = System.nanoTime();
    String name = Names.requireModelName(exchange.path("name"));
    Wishes wishes = body.length == 0 ? Wishes.everything() : PlanJson.readWishes(body);
    StoredPackage stored = library.show(name, exchange.query("version").map(Names::requireVersion));
    Plan plan =
        new PlanMaker(stored.manifest(), stored.digest(), stored.measured(), library.sizes(stored))
            .plan(wishes);
    OpenPlan open = library.open(plan, stored);
    metrics.planTime().record(System.nanoTime() - begin, TimeUnit.NANOSECONDS);
    announce(exchange, open, signatures(stored.signatures()));
    exchange.body(200, "application/json", PlanJson.write(plan));
  }

  /** Says in the headers where a plan's content is and who signed its package. */
  static void announce(Exchange exchange, OpenPlan open, String signatures) {
    exchange
        .response()
        .putHeader("Location", "/v1/plans/" + open.id().hex() + "/content")
        .putHeader("Insitu-Signatures", signatures);
  }

  /** Key, colon and signature in hexadecimal digits, with commas between. */
  static String signatures(List<Signed> signatures) {
    return signatures.stream()
        .map(signed -> signed.key().hex() + ":" + HexFormat.of().formatHex(signed.signature()))
        .collect(Collectors.joining(","));
  }

  private void content(Exchange exchange) throws IOException {
    OpenPlan plan = find(exchange);
    StoredBytes chunks = open(plan);
    BodyChannel body =
        new BodyChannel(List.of(new Piece.Memory(plan.head()), Piece.Stored.of(chunks)));
    sender.send(
        exchange,
        new Representation(
            plan.id().hex(),
            "application/octet-stream",
            body,
            sent -> streams.begin(exchange, sent, plan),
            chunks::close));
  }

  private static StoredBytes open(OpenPlan plan) throws IOException {
    try {
      return plan.open();
    } catch (LibraryException e) {
      throw unknown(plan.id());
    }
  }

  private void cut(Exchange exchange) {
    exchange.json(200, Map.of("streams", streams.cut(find(exchange).id())));
  }

  private OpenPlan find(Exchange exchange) {
    Digest id = exchange.digest("id", "plan-unknown");
    return library.plan(id).orElseThrow(() -> unknown(id));
  }

  private static Problem.Refusal unknown(Digest id) {
    return new Problem.Refusal(
        404,
        "plan-unknown",
        "Plan "
            + id.brief()
            + " is not open on this server.\nMaybe it ended or the server was restarted: post the wishes again.");
  }
}
