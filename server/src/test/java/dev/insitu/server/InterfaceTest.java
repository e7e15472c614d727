package dev.insitu.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.insitu.elastic.ManifestCodec;
import dev.insitu.elastic.PackageFile;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InterfaceTest {

  @TempDir Path scratch;
  @AutoClose private Fixture fixture;

  @BeforeEach
  void start() throws IOException {
    OnnxExporter exporter =
        (manifest, chunks, model, depth) ->
            Files.writeString(
                Files.createTempFile(scratch, "made", ".onnx"),
                manifest.name() + " " + model.size() + " " + "x".repeat(100_000));
    fixture = Fixture.start(scratch, options -> options.withExporter(exporter));
  }

  @Test
  void everyRouteIsInTheDocumentAndEveryPathOfTheDocumentIsARoute() throws Exception {
    Set<String> routes = new TreeSet<>();
    fixture
        .server()
        .routes()
        .forEach(route ->
            routes.add(route.method().name().toLowerCase(Locale.ROOT) + " " + route.template()));
    Set<String> documented = new TreeSet<>();
    JsonNode document = fixture.json("/openapi.json");
    assertEquals("3.1.0", document.get("openapi").asText());
    document
        .get("paths")
        .properties()
        .forEach(path ->
            path.getValue()
                .fieldNames()
                .forEachRemaining(method -> documented.add(method + " " + path.getKey())));
    assertEquals(routes, documented);
  }

  @Test
  void everyReferenceInTheDocumentLeadsSomewhereAndEveryParameterIsDescribed() throws Exception {
    JsonNode document = fixture.json("/openapi.json");
    for (JsonNode reference : document.findValues("$ref")) {
      assertTrue(document.at(reference.asText().substring(1)).isObject(), reference.asText());
    }
    Set<String> ids = new TreeSet<>();
    for (Iterator<JsonNode> paths = document.get("paths").elements(); paths.hasNext(); ) {
      for (JsonNode operation : paths.next()) {
        assertTrue(ids.add(operation.get("operationId").asText()), operation.toString());
        operation
            .path("parameters")
            .forEach(
                parameter -> assertTrue(parameter.hasNonNull("description"), parameter.toString()));
      }
    }
  }

  @Test
  void modelsVersionsAndDetailsAreListed() throws Exception {
    assertEquals("{\"models\":[]}", fixture.json("/v1/models").toString());
    fixture.publish("b", "1", 1).close();
    fixture.publish("a", "2", 2).close();
    try (PackageFile file = fixture.publish("a", "1", 3, 4)) {
      JsonNode models = fixture.json("/v1/models").get("models");
      assertEquals("a", models.get(0).get("name").asText());
      assertEquals("1", models.get(0).get("latest").asText());
      assertEquals("b", models.get(1).get("name").asText());
      assertEquals(models.get(0), fixture.json("/v1/models/a"));
      assertEquals(models.get(0), fixture.json("/v1/models/a/versions"));
      JsonNode details = fixture.json("/v1/models/a/versions/1");
      assertEquals(file.digest().hex(), details.get("manifest").asText());
      assertEquals(10, details.get("chunks").asInt());
      assertEquals(8192, details.get("weights").asInt());
      assertEquals(
          "{\"samples\":0,\"points\":[]}", fixture.json("/v1/models/a/profile").toString());
    }
    Fixture.assertProblem(404, "model-unknown", fixture.get("/v1/models/c"));
    Fixture.assertProblem(404, "version-unknown", fixture.get("/v1/models/a/versions/9"));
    Fixture.assertProblem(404, "path-unknown", fixture.get("/v1/nothing"));
  }

  @Test
  void aManifestIsServedByItsDigest() throws Exception {
    try (PackageFile file = fixture.publish("m", "1", 1)) {
      HttpResponse<byte[]> response = fixture.get("/v1/manifests/" + file.digest());
      assertArrayEquals(file.manifestBytes(), response.body());
      assertEquals(
          ModelEndpoints.MANIFEST_TYPE,
          response.headers().firstValue("Content-Type").orElseThrow());
      assertEquals(
          file.digest(), ManifestCodec.expand(java.nio.ByteBuffer.wrap(response.body())).digest());
      assertEquals(
          206, fixture.get("/v1/manifests/" + file.digest(), "Range", "bytes=1-").statusCode());
      String none = "0".repeat(64);
      Fixture.assertProblem(404, "manifest-unknown", fixture.get("/v1/manifests/" + none));
      Fixture.assertProblem(
          404, "manifest-unknown", fixture.get("/v1/manifests/" + file.digest() + "?base=" + none));
      Fixture.assertProblem(
          400, "request-invalid", fixture.get("/v1/manifests/" + file.digest() + "?base=x"));
    }
  }

  @Test
  void anyDepthIsExportedAndADownloadCanBeResumed() throws Exception {
    fixture.publish("m", "1", 1, 2, 3).close();
    HttpResponse<byte[]> whole = fixture.get("/v1/models/m/onnx?lossless=true");
    assertTrue(text(whole).startsWith("m 15 "), text(whole));
    assertTrue(text(fixture.get("/v1/models/m/onnx?depth=1")).startsWith("m 5 "));
    String etag = whole.headers().firstValue("ETag").orElseThrow();
    HttpResponse<byte[]> rest =
        fixture.get("/v1/models/m/onnx", "Range", "bytes=50000-", "If-Range", etag);
    assertEquals(206, rest.statusCode());
    assertEquals(text(whole).substring(50_000), text(rest));
    for (int depth = 1; depth <= 3; depth++) {
      for (int i = 0; i < 3; i++) {
        assertEquals(
            200,
            fixture
                .get("/v1/models/m/onnx?depth=" + depth + "&maxBytes=" + (1_000_000_000 + i))
                .statusCode());
      }
    }
    Fixture.assertProblem(400, "request-invalid", fixture.get("/v1/models/m/onnx?bits=many"));
    Fixture.assertProblem(
        400, "request-invalid", fixture.get("/v1/models/m/onnx?bits=3&lossless=true"));
    Fixture.assertProblem(400, "request-invalid", fixture.get("/v1/models/m/onnx?depth=99"));
    fixture.close();
    try (var files = Files.list(scratch)) {
      assertEquals(0, files.filter(file -> file.toString().endsWith(".onnx")).count());
    }
    fixture = Fixture.start(scratch);
    Fixture.assertProblem(501, "export-unavailable", fixture.get("/v1/models/m/onnx"));
  }

  private static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  @Test
  void thePageAndTheMetricsTellWhatThereIs() throws Exception {
    fixture.publish("resnet", "1.0", 1).close();
    assertTrue(text(fixture.get("/")).contains("<td>resnet<td>1.0"), text(fixture.get("/")));
    fixture.get("/v1/models/resnet");
    fixture.get("/v1/models/nobody");
    String metrics = text(fixture.get("/metrics"));
    assertTrue(
        metrics.contains("insitu_requests_total{route=\"/v1/models/{name}\",status=\"200\"} 1.0"),
        metrics);
    assertTrue(
        metrics.contains("insitu_requests_total{route=\"/v1/models/{name}\",status=\"404\"} 1.0"),
        metrics);
    assertTrue(metrics.contains("insitu_library_chunks 5.0"), metrics);
    assertTrue(metrics.contains("insitu_plans_open 0.0"), metrics);
    assertTrue(!metrics.contains("nobody"), metrics);
  }

  @Test
  void aPortInUseIsToldWithAdvice() {
    ServerOptions options =
        ServerOptions.of(scratch.resolve("other")).withPort(fixture.server().port());
    IOException refused = assertThrows(IOException.class, () -> InsituServer.start(options));
    assertTrue(refused.getMessage().contains(":" + fixture.server().port()), refused.getMessage());
    assertTrue(refused.getMessage().contains("\nMaybe another program"), refused.getMessage());
  }

  @Test
  void itListensOnlyOnThisMachineUnlessTold() {
    assertEquals("127.0.0.1", ServerOptions.of(scratch).host());
    assertTrue(ServerOptions.of(scratch).token().isEmpty());
    assertTrue(!ServerOptions.of(scratch).trust().allowUnsigned());
    assertThrows(
        IllegalArgumentException.class, () -> ServerOptions.of(scratch).withToken("short"));
    assertThrows(IllegalArgumentException.class, () -> ServerOptions.of(scratch).withPort(70_000));
  }
}
