package dev.insitu.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.PlanJson;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.library.TestPackages;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** A server with its library in a scratch directory, and a client. */
final class Fixture implements AutoCloseable {

  static final String TOKEN = "a-token-for-tests";
  private static final ObjectMapper JSON = new ObjectMapper();

  final Path scratch;
  final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ServerOptions options;
  private InsituServer server;

  private Fixture(Path scratch, ServerOptions options) throws IOException {
    this.scratch = scratch;
    this.options = options;
    this.server = InsituServer.start(options);
  }

  static Fixture start(Path scratch) throws IOException {
    return start(scratch, options -> options);
  }

  static Fixture start(Path scratch, UnaryOperator<ServerOptions> change) throws IOException {
    ServerOptions options =
        ServerOptions.of(scratch.resolve("library"))
            .withPort(0)
            .withToken(TOKEN)
            .withTrust(Trust.anybody())
            .withGrace(Duration.ofMillis(200));
    return new Fixture(scratch, change.apply(options));
  }

  InsituServer server() {
    return server;
  }

  /** Stops the server and starts another on the same library. */
  void restart() throws IOException {
    server.close();
    server = InsituServer.start(options);
  }

  /** Publishes a package of random chunks; the caller closes it. */
  PackageFile publish(String name, String version, long... seeds) throws IOException {
    PackageFile file = TestPackages.named(name, version).tensors(seeds).write(scratch);
    server.library().publish(file);
    return file;
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(server.url() + path))
        .timeout(Duration.ofSeconds(20))
        .header("Accept", "*/*, " + Problem.MEDIA_TYPE);
  }

  HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return client.send(request.build(), BodyHandlers.ofByteArray());
  }

  HttpResponse<byte[]> get(String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = request(path);
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  JsonNode json(String path) throws IOException, InterruptedException {
    HttpResponse<byte[]> response = get(path);
    assertEquals(
        200,
        response.statusCode(),
        () -> new String(response.body(), java.nio.charset.StandardCharsets.UTF_8));
    return JSON.readTree(response.body());
  }

  Plan plan(String name, Wishes wishes) throws IOException, InterruptedException {
    HttpResponse<byte[]> response = post("/v1/models/" + name + "/plan", PlanJson.write(wishes));
    assertEquals(200, response.statusCode());
    return PlanJson.readPlan(response.body());
  }

  HttpResponse<byte[]> post(String path, byte[] body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = request(path).POST(BodyPublishers.ofByteArray(body));
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  static String content(Plan plan) {
    return "/v1/plans/" + plan.id().hex() + "/content";
  }

  /** Checks an error's form and returns its detail. */
  static String assertProblem(int status, String code, HttpResponse<byte[]> response)
      throws IOException {
    String text = new String(response.body(), java.nio.charset.StandardCharsets.UTF_8);
    assertEquals(status, response.statusCode(), text);
    assertEquals(Problem.MEDIA_TYPE, response.headers().firstValue("Content-Type").orElseThrow());
    JsonNode problem = JSON.readTree(response.body());
    assertEquals(code, problem.get("code").asText(), text);
    assertEquals(status, problem.get("status").asInt());
    assertTrue(problem.get("detail").asText().length() > 20, text);
    assertTrue(problem.get("errors").get(0).hasNonNull("code"), text);
    return problem.get("detail").asText();
  }

  /** The manifest, then all chunks in canonical order. */
  static byte[] stream(PackageFile file) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(file.manifestBytes());
    for (ChunkSpec chunk : file.manifest().chunks()) {
      ByteBuffer bytes = file.read(chunk.digest(), chunk.size());
      byte[] array = new byte[bytes.remaining()];
      bytes.get(array);
      out.writeBytes(array);
    }
    return out.toByteArray();
  }

  @Override
  public void close() throws IOException {
    client.close();
    server.close();
  }
}
