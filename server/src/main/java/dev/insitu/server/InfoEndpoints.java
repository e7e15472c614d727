package dev.insitu.server;

import dev.insitu.library.Catalogue;
import dev.insitu.library.Library;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the server says of itself: health, metrics, its interface, and a page for people. */
final class InfoEndpoints {

  private final Library library;
  private final ServerMetrics metrics;
  private final byte[] openApi;

  InfoEndpoints(Library library, ServerMetrics metrics) {
    this.library = library;
    this.metrics = metrics;
    this.openApi = resource("openapi.json");
  }

  List<Route> routes() {
    return List.of(
        Route.blocking(
            HttpMethod.GET,
            "/",
            (exchange, body) -> exchange.body(200, "text/html; charset=utf-8", page())),
        Route.blocking(HttpMethod.GET, "/health", (exchange, body) -> exchange.json(200, health())),
        Route.blocking(
            HttpMethod.GET,
            "/metrics",
            (exchange, body) ->
                exchange.body(
                    200,
                    "text/plain; version=0.0.4; charset=utf-8",
                    metrics.scrape().getBytes(StandardCharsets.UTF_8))),
        Route.direct(
            HttpMethod.GET,
            "/openapi.json",
            (exchange, body) -> exchange.body(200, "application/json", openApi)));
  }

  static byte[] resource(String name) {
    try (InputStream in = InfoEndpoints.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("The jar lacks " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException("The jar cannot be read", e);
    }
  }

  /** Answers only if the catalogue does. */
  private Map<String, Object> health() {
    Map<String, Object> health = new LinkedHashMap<>();
    health.put("status", "ok");
    health.put("versions", library.list().size());
    health.put("chunks", library.chunkCount());
    health.put("bytes", library.bytes());
    return health;
  }

  /** Names and versions hold no character that means something in HTML. */
  private byte[] page() {
    StringBuilder rows = new StringBuilder();
    for (Catalogue.Version version : library.list()) {
      rows.append(
          "<tr><td>%s<td>%s<td>%d<td>%s\n"
              .formatted(
                  version.name(), version.version(), version.chunkBytes(), version.published()));
    }
    String page =
        """
        <!doctype html><html lang="en"><meta charset="utf-8"><title>Insitu</title>
        <h1>Insitu</h1>
        <p>Models on this server. <a href="/openapi.json">Interface</a>, <a href="/health">health</a>, <a href="/metrics">metrics</a>.
        <table><tr><th>model<th>version<th>bytes<th>published
        %s</table></html>
        """
            .formatted(rows);
    return page.getBytes(StandardCharsets.UTF_8);
  }
}
