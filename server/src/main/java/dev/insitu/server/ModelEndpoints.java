package dev.insitu.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.Names;
import dev.insitu.elastic.Signatures.Signed;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.elastic.plan.PlanJson;
import dev.insitu.library.Catalogue;
import dev.insitu.library.Library;
import dev.insitu.library.StoredPackage;
import dev.insitu.server.ContentSender.Representation;
import io.vertx.core.http.HttpMethod;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What models, versions, manifests and profiles there are. */
final class ModelEndpoints {

  /** Media type of a manifest, whole or as a patch. */
  static final String MANIFEST_TYPE = "application/vnd.insitu.manifest.v1";

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Library library;
  private final ContentSender sender;

  ModelEndpoints(Library library, ContentSender sender) {
    this.library = library;
    this.sender = sender;
  }

  List<Route> routes() {
    return List.of(
        Route.blocking(
            HttpMethod.GET, "/v1/models", (exchange, body) -> exchange.json(200, models())),
        Route.blocking(
            HttpMethod.GET,
            "/v1/models/{name}",
            (exchange, body) -> exchange.json(200, model(name(exchange)))),
        Route.blocking(
            HttpMethod.GET,
            "/v1/models/{name}/versions",
            (exchange, body) -> exchange.json(200, model(name(exchange)))),
        Route.blocking(
            HttpMethod.GET,
            "/v1/models/{name}/versions/{version}",
            (exchange, body) -> exchange.json(200, details(inPath(exchange)))),
        Route.blocking(
            HttpMethod.GET,
            "/v1/models/{name}/versions/{version}/signatures",
            (exchange, body) -> exchange.json(200, signatures(inPath(exchange)))),
        Route.blocking(
            HttpMethod.GET,
            "/v1/models/{name}/profile",
            (exchange, body) ->
                exchange.body(200, "application/json", PlanJson.write(asked(exchange).measured()))),
        Route.blocking(
            HttpMethod.GET, "/v1/manifests/{digest}", (exchange, body) -> manifest(exchange)));
  }

  private static String name(Exchange exchange) {
    return Names.requireModelName(exchange.path("name"));
  }

  private StoredPackage inPath(Exchange exchange) {
    return library.show(
        name(exchange), Optional.of(Names.requireVersion(exchange.path("version"))));
  }

  private StoredPackage asked(Exchange exchange) {
    return library.show(name(exchange), exchange.query("version").map(Names::requireVersion));
  }

  /** All models with their versions. */
  Map<String, List<Catalogue.Version>> byName() {
    Map<String, List<Catalogue.Version>> models = new LinkedHashMap<>();
    for (Catalogue.Version version : library.list()) {
      models.computeIfAbsent(version.name(), name -> new java.util.ArrayList<>()).add(version);
    }
    return models;
  }

  private ObjectNode models() {
    ObjectNode answer = JSON.objectNode();
    ArrayNode list = answer.putArray("models");
    byName().values().forEach(versions -> list.add(describe(versions)));
    return answer;
  }

  private ObjectNode model(String name) {
    return describe(library.list(name));
  }

  private static ObjectNode describe(List<Catalogue.Version> versions) {
    ObjectNode model = JSON.objectNode();
    model.put("name", versions.getLast().name()).put("latest", versions.getLast().version());
    ArrayNode list = model.putArray("versions");
    versions.forEach(version -> list.add(describe(version)));
    return model;
  }

  private static ObjectNode describe(Catalogue.Version version) {
    return JSON.objectNode()
        .put("version", version.version())
        .put("manifest", version.manifest().hex())
        .put("published", version.published().toString())
        .put("chunks", version.chunks())
        .put("chunkBytes", version.chunkBytes());
  }

  private static ObjectNode details(StoredPackage stored) {
    Manifest manifest = stored.manifest();
    ObjectNode details = describe(stored.version());
    details
        .put("name", manifest.name())
        .put("manifestBytes", stored.manifestBytes().remaining())
        .put("root", manifest.header().root().hex())
        .put("reference", manifest.header().reference().hex())
        .put("retrained", manifest.header().retrained())
        .put("tensors", manifest.tensors().size())
        .put("weights", manifest.weightCount())
        .put("weightFileBytes", manifest.blocks().weightFileBytes())
        .put("segments", manifest.segments().size())
        .put("groups", manifest.losslessGroup() + 1);
    values(details.putArray("inputs"), manifest.inputs());
    values(details.putArray("outputs"), manifest.outputs());
    ArrayNode differences = details.putArray("differences");
    manifest
        .differences()
        .forEach(some ->
            differences.addObject().put("base", some.base().hex()).put("bytes", some.bytes()));
    details.put("measuredSamples", stored.measured().samples());
    details.setAll(signatures(stored));
    return details;
  }

  private static void values(ArrayNode into, List<ValueSpec> values) {
    for (ValueSpec value : values) {
      ObjectNode node =
          into.addObject().put("name", value.name()).put("onnxType", value.onnxType());
      if (value.ranked()) {
        ArrayNode dims = node.putArray("dims");
        value.dims().forEach(dims::add);
      }
    }
  }

  private static ObjectNode signatures(StoredPackage stored) {
    ObjectNode answer = JSON.objectNode();
    answer.put("manifest", stored.digest().hex());
    ArrayNode list = answer.putArray("signatures");
    for (Signed signed : stored.signatures()) {
      list.addObject()
          .put("key", signed.key().hex())
          .put("signature", HexFormat.of().formatHex(signed.signature()));
    }
    return answer;
  }

  /** The whole form, or against a base the patch if that is smaller: its first bytes say which. */
  private void manifest(Exchange exchange) {
    StoredPackage stored = find(exchange.digest("digest", "manifest-unknown"));
    ByteBuffer bytes = stored.manifestBytes();
    String etag = stored.digest().hex();
    Optional<Digest> base = exchange.query("base").map(Digest::parse);
    if (base.isPresent()) {
      ByteBuffer patch = library.patch(stored, find(base.get()));
      bytes = patch.remaining() < bytes.remaining() ? patch : bytes;
      etag += "-" + base.get().hex();
    }
    Representation content = Representation.of(etag, MANIFEST_TYPE, bytes);
    exchange.onConnection(() -> sender.send(exchange, content));
  }

  private StoredPackage find(Digest digest) {
    return library
        .byManifest(digest)
        .orElseThrow(() ->
            new Problem.Refusal(
                404,
                "manifest-unknown",
                "No version here has manifest "
                    + digest.brief()
                    + ".\nMaybe it was removed, or never published here."));
  }
}
