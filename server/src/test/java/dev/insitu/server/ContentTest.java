package dev.insitu.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.Wishes;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentTest {

  @TempDir Path scratch;
  @AutoClose private Fixture fixture;
  private byte[] expected;
  private String path;
  private String etag;

  @BeforeEach
  void start() throws Exception {
    fixture = Fixture.start(scratch);
    fixture
        .publish("other", "1", 3, 4, 90, 91)
        .close(); // so that the chunks of the next lie in two packs
    try (PackageFile file = fixture.publish("m", "1", 1, 2, 3, 4, 5)) {
      expected = Fixture.stream(file);
    }
    Plan plan = fixture.plan("m", Wishes.everything());
    path = Fixture.content(plan);
    etag = '"' + plan.id().hex() + '"';
    assertEquals(expected.length, plan.bytes());
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("none");
  }

  @Test
  void theWholeIsManifestAndChunks() throws Exception {
    HttpResponse<byte[]> response = fixture.get(path);
    assertEquals(200, response.statusCode());
    assertArrayEquals(expected, response.body());
    assertEquals(etag, header(response, "ETag"));
    assertEquals("bytes", header(response, "Accept-Ranges"));
    assertEquals("application/octet-stream", header(response, "Content-Type"));
    assertEquals(Integer.toString(expected.length), header(response, "Content-Length"));
  }

  @Test
  void headGivesTheSameHeadersWithoutTheBytes() throws Exception {
    HttpResponse<byte[]> head =
        fixture.send(fixture.request(path).method("HEAD", BodyPublishers.noBody()));
    assertEquals(200, head.statusCode());
    assertEquals(0, head.body().length);
    assertEquals(Integer.toString(expected.length), header(head, "Content-Length"));
    assertEquals(etag, header(head, "ETag"));
    HttpResponse<byte[]> part =
        fixture.send(
            fixture
                .request(path)
                .header("Range", "bytes=5-9")
                .method("HEAD", BodyPublishers.noBody()));
    assertEquals(206, part.statusCode());
    assertEquals("5", header(part, "Content-Length"));
    assertEquals("bytes 5-9/" + expected.length, header(part, "Content-Range"));
  }

  @Test
  void anyRangeIsThatPartOfTheWhole() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 100; i++) {
      int first = random.nextInt(expected.length);
      int last = first + random.nextInt(expected.length - first);
      HttpResponse<byte[]> response =
          fixture.get(path, "Range", "bytes=" + first + "-" + last, "If-Range", etag);
      assertEquals(206, response.statusCode(), "seed " + seed);
      assertEquals(
          "bytes " + first + "-" + last + "/" + expected.length, header(response, "Content-Range"));
      assertArrayEquals(
          Arrays.copyOfRange(expected, first, last + 1), response.body(), "seed " + seed);
    }
    HttpResponse<byte[]> suffix = fixture.get(path, "Range", "bytes=-1000");
    assertArrayEquals(
        Arrays.copyOfRange(expected, expected.length - 1000, expected.length), suffix.body());
  }

  @Test
  void severalRangesComeAsMultipart() throws Exception {
    int n = expected.length;
    HttpResponse<byte[]> response =
        fixture.get(path, "Range", "bytes=0-9,100-20099," + (n - 3) + "-");
    assertEquals(206, response.statusCode());
    String type = header(response, "Content-Type");
    assertTrue(type.startsWith("multipart/byteranges; boundary="), type);
    String boundary = type.substring(type.indexOf('=') + 1);
    StringBuilder text = new StringBuilder();
    for (int[] range : new int[][] {{0, 9}, {100, 20_099}, {n - 3, n - 1}}) {
      text.append("\r\n--")
          .append(boundary)
          .append("\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes ");
      text.append(range[0]).append('-').append(range[1]).append('/').append(n).append("\r\n\r\n");
      text.append(latin(Arrays.copyOfRange(expected, range[0], range[1] + 1)));
    }
    text.append("\r\n--").append(boundary).append("--\r\n");
    assertEquals(text.toString(), latin(response.body()));
  }

  private static String latin(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Test
  void aRangeOutsideIsRefusedWithTheSize() throws Exception {
    HttpResponse<byte[]> response = fixture.get(path, "Range", "bytes=" + expected.length + "-");
    Fixture.assertProblem(416, "range-not-satisfiable", response);
    assertEquals("bytes */" + expected.length, header(response, "Content-Range"));
  }

  @Test
  void anotherTagInIfRangeGivesTheWhole() throws Exception {
    HttpResponse<byte[]> response =
        fixture.get(path, "Range", "bytes=5-9", "If-Range", "\"something else\"");
    assertEquals(200, response.statusCode());
    assertArrayEquals(expected, response.body());
  }

  @Test
  void conditionsAreAnswered() throws Exception {
    HttpResponse<byte[]> same = fixture.get(path, "If-None-Match", etag);
    assertEquals(304, same.statusCode());
    assertEquals(etag, header(same, "ETag"));
    assertEquals(0, same.body().length);
    Fixture.assertProblem(412, "precondition-failed", fixture.get(path, "If-Match", "\"other\""));
  }

  @Test
  void aStreamOfManyParallelReadersIsTheSameForAll() throws Exception {
    var answers =
        new java.util.ArrayList<java.util.concurrent.CompletableFuture<HttpResponse<byte[]>>>();
    for (int i = 0; i < 32; i++) {
      answers.add(
          fixture.client.sendAsync(
              fixture.request(path).build(), HttpResponse.BodyHandlers.ofByteArray()));
    }
    for (var answer : answers) {
      assertArrayEquals(expected, answer.join().body());
    }
    String metrics = latin(fixture.get("/metrics").body());
    assertTrue(metrics.contains("insitu_streams_open 0.0"), metrics);
    assertTrue(
        metrics.contains("insitu_sent_bytes_total " + (double) (32L * expected.length)), metrics);
  }

  @Test
  void aReaderGoesOnWhileItsVersionIsRemovedAndCollected() throws Exception {
    var response =
        fixture.client.send(
            fixture.request(path).build(), HttpResponse.BodyHandlers.ofInputStream());
    try (var in = response.body()) {
      byte[] begin = in.readNBytes(1000);
      fixture.server().library().remove("m", "1");
      fixture.server().library().gc(false);
      byte[] rest = in.readAllBytes();
      assertArrayEquals(expected, concat(begin, rest));
    }
    assertArrayEquals(
        expected, fixture.get(path).body()); // the plan is open, so its chunks are in use
  }

  private static byte[] concat(byte[] a, byte[] b) {
    byte[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }
}
