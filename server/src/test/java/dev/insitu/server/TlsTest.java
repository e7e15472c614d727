package dev.insitu.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.plan.PlanJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {

  @TempDir Path scratch;

  private static SSLContext trusting(TlsFiles files) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setCertificateEntry("server", files.parsed());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  @Test
  void contentAndRangesAreTheSameOverTls() throws Exception {
    TlsFiles files = TlsFiles.make(scratch);
    try (Fixture fixture =
            Fixture.start(scratch, options -> options.withTls(files.certificate(), files.key()));
        PackageFile file = fixture.publish("m", "1", 1, 2, 3, 4);
        HttpClient client = HttpClient.newBuilder().sslContext(trusting(files)).build()) {
      String url = fixture.server().url();
      assertTrue(url.startsWith("https://"), url);
      var wishes =
          HttpRequest.newBuilder(URI.create(url + "/v1/models/m/plan"))
              .POST(BodyPublishers.noBody())
              .build();
      var plan = PlanJson.readPlan(client.send(wishes, BodyHandlers.ofByteArray()).body());
      URI content = URI.create(url + Fixture.content(plan));
      byte[] expected = Fixture.stream(file);
      assertArrayEquals(
          expected,
          client.send(HttpRequest.newBuilder(content).build(), BodyHandlers.ofByteArray()).body());
      var part =
          client.send(
              HttpRequest.newBuilder(content).header("Range", "bytes=777-77776").build(),
              BodyHandlers.ofByteArray());
      assertEquals(206, part.statusCode());
      assertArrayEquals(Arrays.copyOfRange(expected, 777, 77_777), part.body());
      assertThrows(
          IOException.class,
          () ->
              fixture.client.send(
                  HttpRequest.newBuilder(content).build(), BodyHandlers.ofByteArray()));
    }
  }

  @Test
  void filesThatAreNoKeyAreToldByName() throws Exception {
    Path noKey = Files.writeString(scratch.resolve("notes.txt"), "no key");
    ServerOptions options =
        ServerOptions.of(scratch.resolve("library")).withPort(0).withTls(noKey, noKey);
    IOException refused = assertThrows(IOException.class, () -> InsituServer.start(options));
    assertTrue(refused.getMessage().contains("\nMaybe "), refused.getMessage());
  }
}
