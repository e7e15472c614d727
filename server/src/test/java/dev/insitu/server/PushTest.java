package dev.insitu.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.library.TestPackages;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PushTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path scratch;
  private Fixture fixture;

  private void start(UnaryOperator<ServerOptions> change) throws IOException {
    fixture = Fixture.start(scratch, change);
  }

  @AfterEach
  void stop() throws Exception {
    assertNothingLeftOver();
    fixture.close();
  }

  private void assertNothingLeftOver() throws Exception {
    Path incoming = scratch.resolve("library/incoming");
    for (int attempt = 0; attempt < 100; attempt++) {
      try (var files = Files.list(incoming)) {
        if (files.findAny().isEmpty()) {
          return;
        }
      }
      Thread.sleep(50);
    }
    throw new AssertionError("Something is left in " + incoming);
  }

  private HttpRequest.Builder withToken(String path) {
    return fixture.request(path).header("Authorization", "Bearer " + Fixture.TOKEN);
  }

  private HttpResponse<byte[]> push(byte[] body) throws Exception {
    return fixture.send(withToken("/v1/models").POST(BodyPublishers.ofByteArray(body)));
  }

  private byte[] pack(String name, String version, long... seeds) throws IOException {
    try (PackageFile file = TestPackages.named(name, version).tensors(seeds).write(scratch)) {
      return Files.readAllBytes(file.path());
    }
  }

  @Test
  void aPushedPackageIsServed() throws Exception {
    start(options -> options);
    byte[] file = pack("m", "1", 1, 2, 3);
    HttpResponse<byte[]> response = push(file);
    assertEquals(201, response.statusCode());
    assertEquals(
        "/v1/models/m/versions/1", response.headers().firstValue("Location").orElseThrow());
    JsonNode answer = JSON.readTree(response.body());
    assertEquals(15, answer.get("newChunks").asInt());
    byte[] content = fixture.get(Fixture.content(fixture.plan("m", Wishes.everything()))).body();
    assertArrayEquals(Arrays.copyOfRange(file, 20, file.length), content);
    assertEquals("1", fixture.json("/v1/models/m").get("latest").asText());
  }

  @Test
  void aClientThatWaitsToBeToldToContinueIsTold() throws Exception {
    start(options -> options);
    HttpResponse<byte[]> response =
        fixture.send(
            withToken("/v1/models")
                .expectContinue(true)
                .POST(BodyPublishers.ofByteArray(pack("m", "1", 1))));
    assertEquals(201, response.statusCode());
  }

  @Test
  void theSameAgainIsNoErrorAndAnotherUnderItsVersionIs() throws Exception {
    start(options -> options);
    assertEquals(201, push(pack("m", "1", 1)).statusCode());
    HttpResponse<byte[]> again = push(pack("m", "1", 1));
    assertEquals(200, again.statusCode());
    assertTrue(JSON.readTree(again.body()).get("already").asBoolean());
    Fixture.assertProblem(409, "version-conflict", push(pack("m", "1", 2)));
  }

  @Test
  void withoutTheTokenNothingChanges() throws Exception {
    start(options -> options);
    byte[] file = pack("m", "1", 1);
    assertEquals(201, push(file).statusCode());
    for (String authorization :
        List.of("", "Bearer", "Bearer wrong-token", "Basic " + Fixture.TOKEN, Fixture.TOKEN)) {
      for (HttpRequest.Builder request :
          List.of(
              fixture.request("/v1/models").POST(BodyPublishers.ofByteArray(pack("n", "1", 1))),
              fixture.request("/v1/models/m/1").DELETE(),
              fixture.request("/v1/gc").POST(BodyPublishers.noBody()))) {
        HttpRequest.Builder asked =
            authorization.isEmpty() ? request : request.header("Authorization", authorization);
        Fixture.assertProblem(
            401, authorization.isEmpty() ? "token-missing" : "token-wrong", fixture.send(asked));
      }
    }
    assertEquals(1, fixture.server().library().list().size());
  }

  @Test
  void aServerWithoutATokenTakesNoChanges() throws Exception {
    start(options -> ServerOptions.of(options.library()).withPort(0));
    String detail = Fixture.assertProblem(403, "changes-disabled", push(pack("m", "1", 1)));
    assertTrue(detail.contains("\nMaybe "), detail);
    Fixture.assertProblem(
        403, "changes-disabled", fixture.send(withToken("/v1/gc").POST(BodyPublishers.noBody())));
  }

  @Test
  void onlyPackagesOfPinnedKeysAreTaken() throws Exception {
    KeyPair known = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    KeyPair stranger = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    start(options -> options.withTrust(Trust.keys(List.of(Signatures.Key.of(known.getPublic())))));
    Fixture.assertProblem(403, "package-untrusted", push(pack("m", "1", 1)));
    Fixture.assertProblem(403, "package-untrusted", push(signed(stranger)));
    assertEquals(201, push(signed(known)).statusCode());
  }

  private byte[] signed(KeyPair keys) throws IOException {
    try (PackageFile file =
        TestPackages.named("m", "1")
            .tensors(1)
            .signed(digest -> List.of(Signatures.sign(digest, keys.getPrivate(), keys.getPublic())))
            .write(scratch)) {
      return Files.readAllBytes(file.path());
    }
  }

  @Test
  void whatIsNoWholePackageIsRefusedAndLeavesNothing() throws Exception {
    start(options -> options);
    byte[] good = pack("m", "1", 1, 2);
    byte[] flipped = good.clone();
    flipped[good.length - 1] ^= 1;
    byte[] newer = good.clone();
    newer[8] = 9;
    Fixture.assertProblem(422, "package-corrupt", push(new byte[0]));
    String detail = Fixture.assertProblem(422, "package-corrupt", push(new byte[100_000]));
    assertFalse(detail.contains(scratch.toString()), detail);
    Fixture.assertProblem(422, "package-incomplete", push(Arrays.copyOf(good, good.length - 1)));
    Fixture.assertProblem(422, "package-corrupt", push(flipped));
    Fixture.assertProblem(422, "package-corrupt", push(Arrays.copyOf(good, good.length + 1)));
    Fixture.assertProblem(422, "package-too-new", push(newer));
    assertEquals(List.of(), fixture.server().library().list());
    assertEquals(0, fixture.server().library().chunkCount());
  }

  @Test
  void aBodyAboveTheLimitIsRefusedWhetherItSaysSoOrNot() throws Exception {
    start(options -> options.withMaxPushBytes(50_000));
    byte[] large = new byte[5_000_000];
    Fixture.assertProblem(413, "body-too-large", push(large));
    HttpResponse<byte[]> chunked =
        fixture.send(
            withToken("/v1/models")
                .POST(BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(large))));
    Fixture.assertProblem(413, "body-too-large", chunked);
  }

  @Test
  void aClientThatGoesAwayInTheMiddleLeavesNothing() throws Exception {
    start(options -> options);
    for (int i = 0; i < 40; i++) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), fixture.server().port())) {
        String head =
            "POST /v1/models HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                + Fixture.TOKEN
                + "\r\nContent-Length: 1000000\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(new byte[i % 8 * 100_000]);
      }
    }
    assertNothingLeftOver();
    assertEquals(List.of(), fixture.server().library().list());
  }

  @Test
  void removingAndCollectingFreesChunksThatNothingUses() throws Exception {
    start(options -> options);
    push(pack("m", "1", 1, 2));
    push(pack("m", "2", 2, 3));
    assertEquals(200, fixture.send(withToken("/v1/models/m/1").DELETE()).statusCode());
    Fixture.assertProblem(
        404, "version-unknown", fixture.send(withToken("/v1/models/m/1").DELETE()));
    JsonNode dry =
        JSON.readTree(
            fixture.send(withToken("/v1/gc?dry-run=true").POST(BodyPublishers.noBody())).body());
    assertEquals(5, dry.get("chunksRemoved").asInt());
    assertTrue(dry.get("dryRun").asBoolean());
    assertEquals(15, fixture.server().library().chunkCount());
    JsonNode real =
        JSON.readTree(fixture.send(withToken("/v1/gc").POST(BodyPublishers.noBody())).body());
    assertEquals(dry.get("bytesRemoved"), real.get("bytesRemoved"));
    assertEquals(10, fixture.server().library().chunkCount());
    assertEquals(
        200, fixture.get(Fixture.content(fixture.plan("m", Wishes.everything()))).statusCode());
  }
}
