package dev.insitu.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures;
import dev.insitu.elastic.VersionDifference;
import dev.insitu.library.TestPackages;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OciTest {

  @TempDir Path scratch;
  @AutoClose private Fixture fixture;

  @BeforeEach
  void start() throws IOException {
    fixture = Fixture.start(scratch);
  }

  @Test
  void everyLayerHasItsDigestAndTogetherTheyAreThePackage() throws Exception {
    var keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    try (PackageFile old = fixture.publish("m", "1", 1);
        PackageFile file =
            TestPackages.named("m", "2")
                .tensors(2)
                .differenceTo(old)
                .keepingRoot()
                .signed(
                    digest -> List.of(Signatures.sign(digest, keys.getPrivate(), keys.getPublic())))
                .write(scratch)) {
      fixture.server().library().publish(file);
      JsonNode image = fixture.json("/v2/m/manifests/2");
      java.io.ByteArrayOutputStream layers = new java.io.ByteArrayOutputStream();
      for (JsonNode layer : image.get("layers")) {
        byte[] blob = blob(layer);
        if (!layer.get("mediaType").asText().contains("signatures")) {
          layers.writeBytes(blob);
        } else {
          assertEquals(96, blob.length);
        }
      }
      blob(image.get("config"));
      byte[] whole = Files.readAllBytes(file.path());
      int head = 20 + 96;
      assertArrayEquals(Arrays.copyOfRange(whole, head, whole.length), layers.toByteArray());
    }
  }

  private byte[] blob(JsonNode descriptor) throws Exception {
    String digest = descriptor.get("digest").asText();
    HttpResponse<byte[]> response = fixture.get("/v2/m/blobs/" + digest);
    assertEquals(200, response.statusCode());
    assertEquals(descriptor.get("size").asInt(), response.body().length);
    assertEquals(digest, Digest.sha256(response.body()).toString());
    assertEquals(digest, response.headers().firstValue("Docker-Content-Digest").orElseThrow());
    return response.body();
  }

  @Test
  void anImageIsFoundByTagLatestAndDigest() throws Exception {
    fixture.publish("m", "1", 1).close();
    fixture.publish("m", "2", 2).close();
    HttpResponse<byte[]> byTag = fixture.get("/v2/m/manifests/2");
    assertEquals(OciImage.IMAGE_TYPE, byTag.headers().firstValue("Content-Type").orElseThrow());
    String digest = byTag.headers().firstValue("Docker-Content-Digest").orElseThrow();
    assertEquals(Digest.sha256(byTag.body()).toString(), digest);
    assertArrayEquals(byTag.body(), fixture.get("/v2/m/manifests/" + digest).body());
    assertArrayEquals(byTag.body(), fixture.get("/v2/m/manifests/latest").body());
    assertEquals("[\"1\",\"2\"]", fixture.json("/v2/m/tags/list").get("tags").toString());
    assertEquals("[\"1\"]", fixture.json("/v2/m/tags/list?n=1").get("tags").toString());
    assertEquals("[\"2\"]", fixture.json("/v2/m/tags/list?n=5&last=1").get("tags").toString());
    assertEquals(200, fixture.get("/v2/").statusCode());
  }

  @Test
  void blobsHaveRanges() throws Exception {
    try (PackageFile file = fixture.publish("m", "1", 1)) {
      ChunkSpec chunk = file.manifest().chunks().get(2);
      HttpResponse<byte[]> part =
          fixture.get("/v2/m/blobs/" + chunk.digest(), "Range", "bytes=100-199");
      assertEquals(206, part.statusCode());
      ByteBuffer whole = file.read(chunk.digest(), chunk.size());
      assertEquals(whole.slice(100, 100), ByteBuffer.wrap(part.body()));
    }
  }

  @Test
  void whatIsNotThereIsToldInBothForms() throws Exception {
    fixture.publish("m", "1", 1).close();
    String none = "sha256:" + "0".repeat(64);
    Fixture.assertProblem(404, "blob-unknown", fixture.get("/v2/m/blobs/" + none));
    Fixture.assertProblem(404, "blob-unknown", fixture.get("/v2/m/blobs/sha256:12"));
    Fixture.assertProblem(404, "manifest-unknown", fixture.get("/v2/m/manifests/" + none));
    Fixture.assertProblem(404, "version-unknown", fixture.get("/v2/m/manifests/7"));
    Fixture.assertProblem(404, "model-unknown", fixture.get("/v2/x/manifests/7"));
    Fixture.assertProblem(404, "model-unknown", fixture.get("/v2/x/blobs/" + none));
    Fixture.assertProblem(400, "request-invalid", fixture.get("/v2/m/tags/list?n=many"));
    assertTrue(
        new String(fixture.get("/v2/m/manifests/7").body(), StandardCharsets.UTF_8)
            .contains("MANIFEST_UNKNOWN"));
  }

  @Test
  void skopeoCopiesAPackageByteForByte() throws Exception {
    assumeTrue(
        available("skopeo", "--version"),
        "skopeo is not installed; 'apt-get install skopeo' lets this run");
    try (PackageFile old = fixture.publish("m", "1", 1);
        PackageFile file =
            TestPackages.named("m", "2").tensors(2, 3, 4).differenceTo(old).write(scratch)) {
      fixture.server().library().publish(file);
      Path target = scratch.resolve("copied");
      run(
          "skopeo",
          "copy",
          "--src-tls-verify=false",
          "docker://127.0.0.1:" + fixture.server().port() + "/m:2",
          "dir:" + target);
      assertArrayEquals(
          fixture.get("/v2/m/manifests/2").body(),
          Files.readAllBytes(target.resolve("manifest.json")));
      assertEquals(
          ByteBuffer.wrap(file.manifestBytes()),
          copied(target, Digest.sha256(file.manifestBytes())));
      for (ChunkSpec chunk : file.manifest().chunks()) {
        assertEquals(file.read(chunk.digest(), chunk.size()), copied(target, chunk.digest()));
      }
      for (VersionDifference difference : file.manifest().differences()) {
        for (var chunk : difference.chunks()) {
          assertEquals(file.read(chunk.digest(), chunk.size()), copied(target, chunk.digest()));
        }
      }
    }
  }

  private static ByteBuffer copied(Path directory, Digest digest) throws IOException {
    return ByteBuffer.wrap(Files.readAllBytes(directory.resolve(digest.hex())));
  }

  private static boolean available(String... command) {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void run(String... command) throws Exception {
    Path log = scratch.resolve("log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    assertTrue(process.waitFor(50, TimeUnit.SECONDS), () -> command[0] + " does not end");
    assertEquals(0, process.exitValue(), Files.readString(log));
  }
}
