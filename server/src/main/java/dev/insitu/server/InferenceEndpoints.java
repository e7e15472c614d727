package dev.insitu.server;

import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.Names;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.library.Catalogue;
import dev.insitu.library.Library;
import dev.insitu.library.StoredPackage;
import dev.insitu.runtime.InputCheck;
import dev.insitu.runtime.Tensor;
import dev.insitu.runtime.features.FeatureCodec;
import dev.insitu.runtime.protocol.InferRequest;
import dev.insitu.runtime.protocol.InferRequest.Output;
import dev.insitu.runtime.protocol.InferResponse;
import dev.insitu.runtime.protocol.InferenceBody;
import dev.insitu.runtime.protocol.Part;
import dev.insitu.server.inference.InferenceOptions;
import dev.insitu.server.inference.OpenPart;
import dev.insitu.server.inference.PartKey;
import dev.insitu.server.inference.PartPool;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Inference by the Open Inference Protocol, version 2: with whole models and with parts of them.
 */
final class InferenceEndpoints {

  private static final String MODEL = "/v2/models/{name}";
  private static final String VERSION = "/v2/models/{name}/versions/{version}";

  private final Library library;
  private final InferenceOptions options;
  private final PartPool pool;
  private final PartOpener opener;
  private final ByteBudget budget;
  private final Computing computing;

  /**
   * @param computing runs requests, which wait in it until they are answered
   */
  InferenceEndpoints(
      Library library,
      InferenceOptions options,
      PartPool pool,
      PartOpener opener,
      Computing computing) {
    this.library = library;
    this.options = options;
    this.pool = pool;
    this.opener = opener;
    this.budget = new ByteBudget(options.maxBytesAtOnce());
    this.computing = computing;
  }

  List<Route> routes() {
    return List.of(
        infer(MODEL + "/infer"),
        infer(VERSION + "/infer"),
        Route.blocking(HttpMethod.GET, MODEL, (exchange, body) -> metadata(exchange)),
        Route.blocking(HttpMethod.GET, VERSION, (exchange, body) -> metadata(exchange)),
        Route.blocking(HttpMethod.GET, MODEL + "/ready", (exchange, body) -> ready(exchange)),
        Route.blocking(HttpMethod.GET, VERSION + "/ready", (exchange, body) -> ready(exchange)),
        Route.direct(
            HttpMethod.GET, "/v2", (exchange, body) -> exchange.json(200, ModelMetadata.server())),
        Route.direct(
            HttpMethod.GET,
            "/v2/health/live",
            (exchange, body) -> exchange.json(200, Map.of("live", true))),
        Route.blocking(
            HttpMethod.GET,
            "/v2/health/ready",
            (exchange, body) -> {
              library.list(); // answers only if the catalogue does
              exchange.json(200, Map.of("ready", true));
            }));
  }

  private Route infer(String template) {
    return Route.metered(
        HttpMethod.POST,
        template,
        options.maxBodyBytes(),
        new Route.Metering(budget, computing),
        this::infer);
  }

  /** The same paths where nothing is computed. */
  static List<Route> switchedOff() {
    Route.Handler refuse =
        (exchange, body) -> {
          throw new Problem.Refusal(
              501,
              "inference-off",
              "This server does not compute.\nMaybe start it without --no-inference, or run the"
                  + " model on the device.");
        };
    return List.of(
        Route.direct(HttpMethod.POST, MODEL + "/infer", refuse),
        Route.direct(HttpMethod.POST, VERSION + "/infer", refuse),
        Route.direct(HttpMethod.GET, MODEL, refuse),
        Route.direct(HttpMethod.GET, VERSION, refuse),
        Route.direct(HttpMethod.GET, MODEL + "/ready", refuse),
        Route.direct(HttpMethod.GET, VERSION + "/ready", refuse),
        Route.direct(HttpMethod.GET, "/v2", refuse),
        Route.direct(HttpMethod.GET, "/v2/health/live", refuse),
        Route.direct(HttpMethod.GET, "/v2/health/ready", refuse));
  }

  private StoredPackage stored(Exchange exchange) {
    return library.show(
        Names.requireModelName(exchange.path("name")),
        exchange.pathIfAny("version").map(Names::requireVersion));
  }

  private void ready(Exchange exchange) {
    StoredPackage stored = stored(exchange);
    exchange.json(200, Map.of("name", stored.manifest().name(), "ready", true));
  }

  private void metadata(Exchange exchange) {
    StoredPackage stored = stored(exchange);
    PartKey key = key(stored, ModelMetadata.part(exchange));
    List<String> versions =
        library.list(stored.manifest().name()).stream().map(Catalogue.Version::version).toList();
    exchange.json(200, ModelMetadata.model(stored, versions, key));
  }

  /** Which segments are meant. */
  private static PartKey key(StoredPackage stored, Part part) {
    int segments = stored.manifest().segments().size();
    int to = part.to().orElse(segments);
    if (part.from() >= segments || to > segments) {
      throw ElasticException.invalid(
          "The segments from "
              + part.from()
              + " up to "
              + to
              + " were asked for; '"
              + stored.manifest().name()
              + "' has the segments 0 to "
              + (segments - 1)
              + ".");
    }
    return new PartKey(stored.digest(), part.from(), to);
  }

  private void infer(Exchange exchange, byte[] body) throws IOException, InterruptedException {
    requirePlain(exchange);
    InferRequest request =
        InferRequest.read(InferenceBody.received(body, exchange.header(InferenceBody.HEADER)));
    StoredPackage stored = meant(exchange, request.part());
    PartKey key = key(stored, request.part());
    String name = stored.manifest().name();
    long memory = PartOpener.memory(stored.manifest(), key);
    try (ByteBudget.Share values = budget.share();
        PartPool.Lease lease = pool.lease(key, name, memory, () -> opener.open(stored, key))) {
      Map<String, Boolean> wanted = wanted(request, lease.part());
      PartPool.Outcome outcome = lease.run(values(request, name, lease.part(), values));
      values.require(outcome.bytes());
      answer(exchange, request, stored, outcome, wanted);
    }
  }

  private static void requirePlain(Exchange exchange) {
    exchange
        .header("Content-Encoding")
        .filter(encoding -> !encoding.equalsIgnoreCase("identity"))
        .ifPresent(encoding -> {
          throw new Problem.Refusal(
              415,
              "encoding-unsupported",
              "The request is coded as "
                  + Names.quote(encoding)
                  + "; only plain ones are read.\nMaybe send numbers as bytes.");
        });
  }

  /** The version of the path, or if it names none the one whose cuts are meant. */
  private StoredPackage meant(Exchange exchange, Part part) {
    if (part.manifest().isEmpty()) {
      return stored(exchange);
    }
    String name = Names.requireModelName(exchange.path("name"));
    Optional<StoredPackage> found =
        library
            .byManifest(part.manifest().get())
            .filter(stored -> stored.manifest().name().equals(name));
    Optional<String> version = exchange.pathIfAny("version");
    if (found.isEmpty()
        || version.isPresent()
            && !version.get().equals(found.get().manifest().header().version())) {
      throw new Problem.Refusal(
          404,
          "manifest-unknown",
          "'"
              + name
              + "' has no "
              + (version.isPresent() ? "such version" : "version")
              + " with the manifest "
              + part.manifest().get().brief()
              + ".\nMaybe it was removed: ask for a plan again.");
    }
    return found.get();
  }

  private Map<String, Tensor> values(
      InferRequest request, String name, OpenPart part, ByteBudget.Share share) {
    Map<String, Tensor> values =
        request
            .features()
            .map(message -> decoded(message, part.crossing(), share))
            .orElse(request.inputs());
    InputCheck.check(name, part.inputs(), values);
    InputCheck.requireAll(name, part.needed(), values);
    return values;
  }

  private Map<String, Tensor> decoded(
      ByteBuffer message, List<ValueSpec> crossing, ByteBudget.Share share) {
    long most = options.maxBodyBytes();
    try {
      share.require(Math.min(most, FeatureCodec.unpackedBytes(message)));
      return FeatureCodec.decode(message, crossing.stream().map(ValueSpec::name).toList(), most);
    } catch (ElasticException e) {
      throw new Problem.Refusal(
          e.reason() == ElasticException.Reason.LIMIT ? 413 : 400,
          "features-invalid",
          String.valueOf(e.getMessage()));
    }
  }

  /** The outputs that are to be sent, and which of them as bytes. */
  private static Map<String, Boolean> wanted(InferRequest request, OpenPart part) {
    Map<String, Boolean> wanted = new LinkedHashMap<>();
    Set<String> known = part.outputs().stream().map(ValueSpec::name).collect(Collectors.toSet());
    if (request.outputs().isEmpty()) {
      part.outputs().forEach(output -> wanted.put(output.name(), request.binaryOutputs()));
    }
    for (Output output : request.outputs()) {
      if (!known.contains(output.name())) {
        throw ElasticException.invalid(
            "There is no output "
                + Names.quote(output.name())
                + "; there are "
                + part.outputs().stream()
                    .map(ValueSpec::name)
                    .map(Names::quote)
                    .collect(Collectors.joining(", "))
                + ".");
      }
      wanted.put(output.name(), output.binary());
    }
    return wanted;
  }

  private static void answer(
      Exchange exchange,
      InferRequest request,
      StoredPackage stored,
      PartPool.Outcome outcome,
      Map<String, Boolean> wanted) {
    Map<String, Tensor> outputs = new LinkedHashMap<>(outcome.outputs());
    outputs.keySet().retainAll(wanted.keySet());
    InferResponse response =
        new InferResponse(
            stored.manifest().name(),
            stored.manifest().header().version(),
            request.id(),
            outputs,
            Optional.of(stored.digest()),
            Optional.of(
                new InferResponse.Work(
                    outcome.waitNanos() / 1000, outcome.computeNanos() / 1000, outcome.samples())));
    exchange.inference(response.write(name -> wanted.getOrDefault(name, false)));
  }
}
