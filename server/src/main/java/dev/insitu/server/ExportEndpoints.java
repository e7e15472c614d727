package dev.insitu.server;

import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.Names;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.PlanMaker;
import dev.insitu.elastic.plan.Range;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.library.Library;
import dev.insitu.library.StoredPackage;
import dev.insitu.server.ContentSender.Representation;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;

/** Sub-models as plain ONNX files. The last few are kept, so that a download can be resumed. */
final class ExportEndpoints implements AutoCloseable {

  private static final int KEPT = 4;

  private final Library library;
  private final ContentSender sender;
  private final Optional<OnnxExporter> exporter;
  private final Map<Digest, Path> kept = new LinkedHashMap<>(16, 0.75f, true);
  private final ReentrantLock exporting =
      new ReentrantLock(); // one at a time: each may take the memory of a model

  ExportEndpoints(Library library, ContentSender sender, Optional<OnnxExporter> exporter) {
    this.library = library;
    this.sender = sender;
    this.exporter = exporter;
  }

  List<Route> routes() {
    return List.of(
        Route.blocking(
            HttpMethod.GET, "/v1/models/{name}/onnx", (exchange, body) -> export(exchange)));
  }

  private void export(Exchange exchange) throws IOException {
    OnnxExporter with =
        exporter.orElseThrow(() ->
            new Problem.Refusal(
                501, "export-unavailable", "This server does not export ONNX files."));
    StoredPackage stored =
        library.show(
            Names.requireModelName(exchange.path("name")),
            exchange.query("version").map(Names::requireVersion));
    Wishes wishes = wishes(exchange);
    SubModel model =
        new PlanMaker(stored.manifest(), stored.digest(), stored.measured(), library.sizes(stored))
            .choose(wishes);
    int depth = wishes.depth().orElse(model.manifest().segments().size());
    Digest id = nameOf(stored, model, depth);
    FileChannel file;
    exporting.lock();
    try {
      file = FileChannel.open(file(with, model, depth, id), StandardOpenOption.READ);
    } finally {
      exporting.unlock();
    }
    long size = file.size();
    BodyChannel body = new BodyChannel(List.of(new Piece.InFile(file, 0, size)));
    String name = stored.manifest().name() + ".onnx";
    exchange.onConnection(() -> {
      exchange.response().putHeader("Content-Disposition", "attachment; filename=\"" + name + "\"");
      sender.send(
          exchange,
          new Representation(
              id.hex(), "application/octet-stream", body, sent -> () -> {}, () -> close(file)));
    });
  }

  private Path file(OnnxExporter with, SubModel model, int depth, Digest id) throws IOException {
    Path known = kept.get(id);
    if (known != null && Files.exists(known)) {
      return known;
    }
    Path made = with.export(model.manifest(), library, model, depth);
    kept.put(id, made);
    if (kept.size() > KEPT) {
      Map.Entry<Digest, Path> eldest = kept.entrySet().iterator().next();
      kept.remove(eldest.getKey());
      Files.deleteIfExists(eldest.getValue());
    }
    return made;
  }

  private static Digest nameOf(StoredPackage stored, SubModel model, int depth) {
    String text =
        "insitu-onnx-v3\n"
            + stored.digest().hex()
            + "\n"
            + model.manifest().share()
            + "\n"
            + depth
            + "\n"
            + Range.of(model.indices());
    return Digest.sha256(text.getBytes(StandardCharsets.US_ASCII));
  }

  static Wishes wishes(Exchange exchange) {
    boolean lossless = exchange.query("lossless").map(Boolean::parseBoolean).orElse(false);
    OptionalDouble bits =
        exchange
            .query("bits")
            .map(text -> OptionalDouble.of(number("bits", text)))
            .orElse(OptionalDouble.empty());
    if (lossless && bits.isPresent()) {
      throw ElasticException.invalid(
          "Both lossless and bits were asked for.\nMaybe leave one of them out.");
    }
    return new Wishes(
        bits,
        exchange
            .query("depth")
            .map(text -> OptionalInt.of((int) number("depth", text)))
            .orElse(OptionalInt.empty()),
        exchange
            .query("maxBytes")
            .map(text -> OptionalLong.of((long) number("maxBytes", text)))
            .orElse(OptionalLong.empty()),
        Optional.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        Optional.empty(),
        exchange
            .query("width")
            .map(text -> OptionalDouble.of(number("width", text)))
            .orElse(OptionalDouble.empty()));
  }

  private static double number(String name, String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      String shown = text.length() <= 80 ? text : text.substring(0, 80) + "…";
      throw ElasticException.invalid(name + " is '" + shown + "'; a number was expected.");
    }
  }

  private static void close(FileChannel file) {
    try {
      file.close();
    } catch (IOException e) {
      // it was only read
    }
  }

  @Override
  public void close() throws IOException {
    exporting.lock();
    try {
      for (Path file : kept.values()) {
        Files.deleteIfExists(file);
      }
      kept.clear();
    } finally {
      exporting.unlock();
    }
  }
}
