package dev.insitu.server;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.Names;
import dev.insitu.elastic.PackageFile;
import dev.insitu.library.GcReport;
import dev.insitu.library.Library;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Publishing, removing and collecting: for whoever knows the token. */
final class AdminEndpoints {

  private final Library library;
  private final ServerOptions options;
  private final Computing computing;
  private final Uploads uploads;

  AdminEndpoints(Library library, ServerOptions options, Computing computing, Uploads uploads) {
    this.library = library;
    this.options = options;
    this.computing = computing;
    this.uploads = uploads;
  }

  List<Route> routes() {
    return List.of(
        Route.direct(HttpMethod.POST, "/v1/models", (exchange, body) -> push(exchange)),
        Route.blocking(
            HttpMethod.DELETE, "/v1/models/{name}/{version}", (exchange, body) -> remove(exchange)),
        Route.blocking(HttpMethod.POST, "/v1/gc", (exchange, body) -> collect(exchange)));
  }

  private void requireToken(Exchange exchange) {
    if (options.token().isEmpty()) {
      throw new Problem.Refusal(
          403,
          "changes-disabled",
          "This server has no token, so nothing can be changed over HTTP.\nMaybe start it with a token ('insitu serve --token-file').");
    }
    Optional<String> header = exchange.header(HttpHeaders.AUTHORIZATION);
    if (header.isEmpty()) {
      throw new Problem.Refusal(
          401,
          "token-missing",
          "The request carries no token.\nMaybe add 'Authorization: Bearer TOKEN'.");
    }
    String given = header.get();
    boolean bearer = given.toLowerCase(Locale.ROOT).startsWith("bearer ");
    // both digests have one length, so the time taken tells nothing of the token
    if (!bearer
        || !MessageDigest.isEqual(
            sha256(given.substring(7).trim()), sha256(options.token().get()))) {
      throw new Problem.Refusal(
          401,
          "token-wrong",
          "The token of the request is not this server's.\nMaybe it was changed or mistyped.");
    }
  }

  private static byte[] sha256(String text) {
    return dev.insitu.elastic.Digest.newSha256().digest(text.getBytes(StandardCharsets.UTF_8));
  }

  private void push(Exchange exchange) {
    requireToken(exchange);
    uploads.receive(
        exchange,
        options.maxPushBytes(),
        file -> computing.start(exchange, () -> publish(exchange, file)));
  }

  private void publish(Exchange exchange, Path file) throws IOException {
    try (PackageFile pack = PackageFile.open(file, options.trust())) {
      Library.Published published = library.publish(pack);
      String name = published.version().name();
      String version = published.version().version();
      ObjectNode answer =
          JsonNodeFactory.instance
              .objectNode()
              .put("name", name)
              .put("version", version)
              .put("manifest", published.version().manifest().hex())
              .put("already", published.already())
              .put("newChunks", published.newChunks())
              .put("newBytes", published.newBytes());
      exchange.response().putHeader("Location", "/v1/models/" + name + "/versions/" + version);
      exchange.json(published.already() ? 200 : 201, answer);
    } catch (ElasticException e) {
      throw inWords(e, file);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /** Says "the package" where the message names a file of ours. */
  private static ElasticException inWords(ElasticException e, Path file) {
    return new ElasticException(
        e.reason(),
        String.valueOf(e.getMessage()).replace(file.toString(), "The pushed package"),
        e);
  }

  private void remove(Exchange exchange) {
    requireToken(exchange);
    String name = Names.requireModelName(exchange.path("name"));
    String version = Names.requireVersion(exchange.path("version"));
    library.remove(name, version);
    exchange.json(
        200,
        JsonNodeFactory.instance
            .objectNode()
            .put("name", name)
            .put("version", version)
            .put("removed", true));
  }

  private void collect(Exchange exchange) throws IOException {
    requireToken(exchange);
    GcReport report =
        library.gc(exchange.query("dry-run").map(Boolean::parseBoolean).orElse(false));
    exchange.json(200, report);
  }
}
