package dev.insitu.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that no client of good will sends. After each the server answers as before. */
class HostileHttpTest {

  private static final int SILENCE_MILLIS = 500;

  @TempDir Path scratch;
  private Fixture fixture;

  @BeforeEach
  void start() throws IOException {
    fixture = Fixture.start(scratch);
    fixture.publish("m", "1", 1).close();
  }

  @AfterEach
  void answersAsBefore() throws Exception {
    assertEquals("ok", fixture.json("/health").get("status").asText());
    fixture.close();
  }

  /**
   * Sends bytes as they are and returns what comes back until the server or a second of silence
   * ends it.
   */
  private String raw(byte[] bytes) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), fixture.server().port())) {
      socket.setSoTimeout(SILENCE_MILLIS);
      try {
        socket.getOutputStream().write(bytes);
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      } catch (SocketException | java.net.SocketTimeoutException e) {
        return "closed";
      }
    }
  }

  private String raw(String text) throws IOException {
    return raw(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void aBodyThatWaitsToBeAskedForIsAskedForOrRefused() throws Exception {
    String head = "POST /v1/models/m/plan HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n";
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), fixture.server().port())) {
      socket.setSoTimeout(10 * SILENCE_MILLIS);
      write(socket, head + "Content-Length: 2\r\n\r\n");
      String asked = "HTTP/1.1 100 Continue\r\n\r\n";
      assertEquals(asked, read(socket, asked.length()));
      write(socket, "{}");
      assertEquals("HTTP/1.1 200 OK", read(socket, 15));
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), fixture.server().port())) {
      socket.setSoTimeout(10 * SILENCE_MILLIS);
      write(socket, head + "Content-Length: 99999999\r\n\r\n");
      assertEquals("HTTP/1.1 413", read(socket, 12));
    }
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  private static String read(Socket socket, int bytes) throws IOException {
    return new String(socket.getInputStream().readNBytes(bytes), StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/models/../../../../etc/passwd",
        "/v1/models/..%2f..%2fetc%2fpasswd",
        "/v1/models/%2e%2e/versions/1",
        "/v1/models/m/versions/..%2f..",
        "/v2/..%2f/blobs/sha256:0",
        "/v2/m/manifests/..%2f..%2fcatalogue.db",
        "/v1/manifests/..%2fcatalogue.db",
        "/v1/plans/%00/content",
        "/openapi.json%00",
        "/%2e%2e/%2e%2e/catalogue.db",
        "//etc/passwd",
        "/v1/models/m%0d%0aX: y",
        "/v1/models/" + "%C0%AE"
      })
  void pathsThatLeadElsewhereFindNothing(String path) throws IOException {
    String answer =
        raw(
            "GET "
                + path.replace(" ", "%20")
                + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assertTrue(answer.startsWith("HTTP/1.1 40"), answer);
    assertTrue(answer.contains("application/problem+json"), answer);
    assertTrue(!answer.contains("root:") && !answer.contains("SQLite"), answer);
  }

  @Test
  void badEncodingIsRefused() throws IOException {
    assertTrue(
        raw("GET /v1/models/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            .startsWith("HTTP/1.1 400"));
    assertTrue(
        raw("GET nonsense HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            .startsWith("HTTP/1.1 400"));
  }

  @Test
  void hugeHeadsAreRefused() throws IOException {
    assertTrue(
        raw("GET / HTTP/1.1\r\nHost: x\r\nX: " + "a".repeat(1 << 20) + "\r\n\r\n")
            .matches("(?s)HTTP/1.[01] 4.*|closed"));
    assertTrue(
        raw("GET /" + "a".repeat(1 << 20) + " HTTP/1.1\r\nHost: x\r\n\r\n")
            .matches("(?s)HTTP/1.[01] 4.*|closed"));
    assertTrue(
        raw("GET / HTTP/1.1\r\nHost: x\r\n" + "X: y\r\n".repeat(100_000) + "\r\n")
            .matches("(?s)HTTP/1.[01] 4.*|closed"));
  }

  @Test
  void badFramingIsRefused() throws IOException {
    String post = "POST /v1/models/m/plan HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    assertTrue(raw(post + "Content-Length: -5\r\n\r\n").matches("(?s)HTTP/1.[01] 4.*|closed|"));
    assertTrue(
        raw(post + "Content-Length: 99999999999999999999\r\n\r\n")
            .matches("(?s)HTTP/1.[01] 4.*|closed|"));
    assertTrue(
        raw(post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}   ")
            .matches("(?s)HTTP/1.[01] 4.*|closed|"));
    assertTrue(
        raw(post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n")
            .matches("(?s)HTTP/1.[01] 4.*|closed|"));
  }

  @Test
  void otherMethodsAreRefused() throws Exception {
    for (String method : new String[] {"PUT", "PATCH", "OPTIONS", "TRACE", "BREW"}) {
      String answer = raw(method + " /v1/models HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      assertTrue(answer.startsWith("HTTP/1.1 405"), answer);
      assertTrue(answer.contains("method-not-allowed"), answer);
    }
  }

  @Test
  void noiseIsNoRequest() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 20; i++) {
      byte[] noise = new byte[random.nextInt(5000)];
      random.nextBytes(noise);
      String answer = raw(noise);
      assertTrue(
          answer.matches("(?s)HTTP/1.[01] 4.*|closed|"), () -> "seed " + seed + ": " + answer);
    }
  }

  @Test
  void manyRequestsAtOnceAreAllAnswered() throws IOException {
    String one = "GET /v1/models/nobody HTTP/1.1\r\nHost: x\r\n\r\n";
    String answer = raw(one.repeat(200) + one.replace("Host", "Connection: close\r\nHost"));
    assertEquals(201, answer.split("HTTP/1.1 404", -1).length - 1);
  }

  @Test
  void aBodyWhereNoneIsExpectedDoesNoHarm() throws IOException {
    String answer =
        raw(
            "GET /v1/models HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcGET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assertEquals(2, answer.split("HTTP/1.1 200", -1).length - 1, answer);
  }
}
