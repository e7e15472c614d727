package dev.insitu.server;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.Names;
import dev.insitu.elastic.plan.PlanJson;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.elastic.plan.StartingPoint;
import dev.insitu.library.Library;
import dev.insitu.library.OpenPlan;
import dev.insitu.planner.Decided;
import dev.insitu.planner.Decision;
import dev.insitu.planner.Decision.Conflict;
import dev.insitu.planner.Decision.Infeasible;
import dev.insitu.planner.DecisionJson;
import dev.insitu.server.Candidates.Ready;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Which sub-model suits a device's situation, with the plan of its stream. A package that is ready
 * is decided for at once, without a disk or another thread.
 */
final class DecisionEndpoints {

  /** Larger ones are read on a thread of their own. */
  private static final int SHORT = 64 << 10;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Library library;
  private final Candidates candidates;
  private final Computing computing;
  private final ServerMetrics metrics;
  private final ReportedSpeeds speeds = new ReportedSpeeds();

  DecisionEndpoints(
      Library library, Candidates candidates, Computing computing, ServerMetrics metrics) {
    this.library = library;
    this.candidates = candidates;
    this.computing = computing;
    this.metrics = metrics;
  }

  List<Route> routes() {
    return List.of(
        Route.directBody(
            HttpMethod.POST, "/v1/models/{name}/decide", PlanEndpoints.MAX_WISHES, this::decide));
  }

  private void decide(Exchange exchange, byte[] body) {
    if (body.length > SHORT) {
      computing.start(exchange, () -> answer(exchange, read(body)));
      return;
    }
    Situation situation = read(body);
    Optional<Ready> ready =
        candidates.known(manifest(exchange)).filter(some -> suffices(some, situation));
    if (ready.isPresent()) {
      answer(exchange, situation, ready.get());
    } else {
      computing.start(exchange, () -> answer(exchange, situation));
    }
  }

  /**
   * Whether nothing else than the package is needed: no earlier version that may lie on the disk.
   */
  private static boolean suffices(Ready ready, Situation situation) {
    Digest digest = ready.stored().digest();
    return situation.held().filter(held -> !held.manifest().equals(digest)).isEmpty();
  }

  private static Situation read(byte[] body) {
    return body.length == 0 ? Situation.UNKNOWN : PlanJson.readSituation(body);
  }

  private Digest manifest(Exchange exchange) {
    String name = Names.requireModelName(exchange.path("name"));
    return library.find(name, exchange.query("version").map(Names::requireVersion)).manifest();
  }

  private void answer(Exchange exchange, Situation situation) {
    Digest manifest = manifest(exchange);
    Ready ready =
        candidates
            .known(manifest)
            .orElseGet(
                () -> candidates.of(library.byManifest(manifest).orElseThrow(this::gone), library));
    answer(exchange, situation, ready);
  }

  private Problem.Refusal gone() {
    return new Problem.Refusal(
        404, "version-unknown", "The version was removed meanwhile.\nMaybe ask again.");
  }

  private void answer(Exchange exchange, Situation told, Ready ready) {
    long begin = System.nanoTime();
    Situation situation = speeds.complete(ready.grid().manifest().name(), told);
    Digest digest = ready.stored().digest();
    StartingPoint start =
        StartingPoint.of(ready.grid().manifest(), digest, ready.sizes(), situation.held());
    Decision decision = ready.planner().decide(situation, start);
    Decided decided = Decided.of(ready.grid(), digest, start, decision);
    if (decision instanceof Infeasible none) {
      refuse(exchange, decided, none);
    } else {
      OpenPlan open = library.open(decided.stream().orElseThrow(), ready.stored());
      PlanEndpoints.announce(exchange, open, ready.signatures());
      exchange.body(200, "application/json", DecisionJson.write(decided));
    }
    metrics.planTime().record(System.nanoTime() - begin, TimeUnit.NANOSECONDS);
  }

  private static void refuse(Exchange exchange, Decided decided, Infeasible none) {
    String limits =
        none.conflicts().stream().map(DecisionEndpoints::text).collect(Collectors.joining("; "));
    Problem problem =
        new Problem(
            422,
            "situation-infeasible",
            "No sub-model of '"
                + decided.model()
                + "' keeps all limits"
                + (limits.isEmpty() ? ": nothing comes to an end" : ": " + limits)
                + ".\nMaybe one of the nearest plans would do.");
    exchange.body(422, Problem.MEDIA_TYPE, problem.toJson(fields(decided)));
  }

  private static String text(Conflict conflict) {
    return String.format(
        Locale.ROOT,
        "'%s' is %.6g, %.6g is needed",
        conflict.limit().field(),
        conflict.allowed(),
        conflict.needed());
  }

  private static ObjectNode fields(Decided decided) {
    try {
      return (ObjectNode) JSON.readTree(DecisionJson.write(decided));
    } catch (IOException e) {
      throw new IllegalStateException("A decision of ours is always JSON", e);
    }
  }
}
