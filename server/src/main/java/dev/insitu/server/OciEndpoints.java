package dev.insitu.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.Names;
import dev.insitu.library.Catalogue;
import dev.insitu.library.Library;
import dev.insitu.library.StoredBytes;
import dev.insitu.server.ContentSender.Representation;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The pull paths of the OCI distribution specification, so that registries, proxies and their tools
 * work.
 */
final class OciEndpoints {

  private static final String BLOB_TYPE = "application/octet-stream";
  private static final String DIGEST_HEADER = "Docker-Content-Digest";
  private static final int CACHED_IMAGES = 16;

  private final Library library;
  private final ContentSender sender;
  private final Computing computing;
  private final Map<Digest, OciImage> images =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Digest, OciImage> eldest) {
          return size() > CACHED_IMAGES;
        }
      };

  OciEndpoints(Library library, ContentSender sender, Computing computing) {
    this.library = library;
    this.sender = sender;
    this.computing = computing;
  }

  List<Route> routes() {
    return List.of(
        Route.direct(HttpMethod.GET, "/v2/", (exchange, body) -> api(exchange)),
        Route.blocking(HttpMethod.GET, "/v2/{name}/tags/list", (exchange, body) -> tags(exchange)),
        Route.blocking(
            HttpMethod.GET,
            "/v2/{name}/manifests/{reference}",
            (exchange, body) -> manifest(exchange)),
        Route.direct(
            HttpMethod.GET, "/v2/{name}/blobs/{digest}", (exchange, body) -> blob(exchange)));
  }

  private static void api(Exchange exchange) {
    exchange.response().putHeader("Docker-Distribution-Api-Version", "registry/2.0");
    exchange.json(200, Map.of());
  }

  private void tags(Exchange exchange) {
    String name = Names.requireModelName(exchange.path("name"));
    List<String> tags =
        library.list(name).stream().map(Catalogue.Version::version).sorted().toList();
    Optional<String> last = exchange.query("last");
    int most = exchange.query("n").map(OciEndpoints::count).orElse(Integer.MAX_VALUE);
    ObjectNode answer = JsonNodeFactory.instance.objectNode().put("name", name);
    ArrayNode list = answer.putArray("tags");
    tags.stream()
        .filter(tag -> last.isEmpty() || tag.compareTo(last.get()) > 0)
        .limit(most)
        .forEach(list::add);
    exchange.json(200, answer);
  }

  private static int count(String text) {
    try {
      return Math.max(0, Integer.parseInt(text));
    } catch (NumberFormatException e) {
      throw ElasticException.invalid("n is '" + text + "'; a count of tags was expected.");
    }
  }

  private void manifest(Exchange exchange) {
    String name = Names.requireModelName(exchange.path("name"));
    String reference = exchange.path("reference");
    OciImage image =
        reference.contains(":")
            ? byDigest(name, exchange.digest("reference", "manifest-unknown"))
            : image(library.find(name, Optional.of(Names.requireVersion(reference))));
    Representation content =
        Representation.of(image.digest().hex(), OciImage.IMAGE_TYPE, image.manifest());
    send(exchange, image.digest(), content);
  }

  private OciImage byDigest(String name, Digest digest) {
    return find(name, image -> image.digest().equals(digest))
        .orElseThrow(() ->
            new Problem.Refusal(
                404,
                "manifest-unknown",
                "'" + name + "' has no image manifest " + digest.brief() + "."));
  }

  private Optional<OciImage> find(String name, Predicate<OciImage> wanted) {
    for (Catalogue.Version version : library.list(name).reversed()) {
      OciImage image = image(version);
      if (wanted.test(image)) {
        return Optional.of(image);
      }
    }
    return Optional.empty();
  }

  private OciImage image(Catalogue.Version version) {
    synchronized (images) {
      OciImage cached = images.get(version.manifest());
      if (cached != null) {
        return cached;
      }
    }
    OciImage image = new OciImage(library.show(version.name(), Optional.of(version.version())));
    synchronized (images) {
      images.put(version.manifest(), image);
    }
    return image;
  }

  /** Chunks are sent at once; the few small blobs beside them are looked for on another thread. */
  private void blob(Exchange exchange) throws IOException {
    String name = Names.requireModelName(exchange.path("name"));
    Digest digest = exchange.digest("digest", "blob-unknown");
    Optional<StoredBytes> chunk = library.openChunk(digest);
    if (chunk.isPresent()) {
      BodyChannel body = new BodyChannel(List.of(Piece.Stored.of(chunk.get())));
      exchange.response().putHeader(DIGEST_HEADER, digest.toString());
      sender.send(
          exchange,
          new Representation(digest.hex(), BLOB_TYPE, body, sent -> () -> {}, chunk.get()::close));
      return;
    }
    computing.start(
        exchange,
        () -> {
          ByteBuffer bytes =
              find(name, image -> image.blob(digest).isPresent())
                  .flatMap(image -> image.blob(digest))
                  .orElseThrow(() -> unknown(name, digest));
          send(exchange, digest, Representation.of(digest.hex(), BLOB_TYPE, bytes));
        });
  }

  private void send(Exchange exchange, Digest digest, Representation content) {
    exchange.onConnection(() -> {
      exchange.response().putHeader(DIGEST_HEADER, digest.toString());
      sender.send(exchange, content);
    });
  }

  private static Problem.Refusal unknown(String name, Digest digest) {
    return new Problem.Refusal(
        404,
        "blob-unknown",
        "'" + name + "' has no blob " + digest.brief() + ".\nMaybe its version was removed.");
  }
}
