package dev.insitu.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ManifestCodec;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.PlanJson;
import dev.insitu.elastic.plan.Range;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.library.TestPackages;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanTest {

  @TempDir Path scratch;
  @AutoClose private Fixture fixture;

  @BeforeEach
  void start() throws IOException {
    fixture = Fixture.start(scratch);
  }

  @Test
  void anEmptyBodyAsksForTheWholeReference() throws Exception {
    fixture.publish("m", "1", 1, 2).close();
    HttpResponse<byte[]> response = fixture.post("/v1/models/m/plan", new byte[0]);
    Plan plan = PlanJson.readPlan(response.body());
    assertEquals(fixture.plan("m", Wishes.everything()), plan);
    assertEquals(Fixture.content(plan), response.headers().firstValue("Location").orElseThrow());
  }

  @Test
  void theVersionMayBeChosen() throws Exception {
    fixture.publish("m", "1", 1).close();
    fixture.publish("m", "2", 2).close();
    assertEquals("2", fixture.plan("m", Wishes.everything()).version());
    assertEquals("1", planOf("/v1/models/m/plan?version=1").version());
    assertEquals("2", planOf("/v1/models/m/plan?version=latest").version());
    Fixture.assertProblem(
        404, "version-unknown", fixture.post("/v1/models/m/plan?version=3", new byte[0]));
    Fixture.assertProblem(
        400, "request-invalid", fixture.post("/v1/models/m/plan?version=../3", new byte[0]));
  }

  private Plan planOf(String path) throws Exception {
    return PlanJson.readPlan(fixture.post(path, new byte[0]).body());
  }

  @Test
  void onlyWhatIsMissingIsSent() throws Exception {
    try (PackageFile file = fixture.publish("m", "1", 1, 2, 3)) {
      Wishes wishes =
          Wishes.everything().withHeld(new Wishes.Held(file.digest(), List.of(new Range(0, 7))));
      Plan plan = fixture.plan("m", wishes);
      assertEquals(Plan.ManifestForm.HELD, plan.content().form());
      byte[] all = Fixture.stream(file);
      assertArrayEquals(
          Arrays.copyOfRange(all, all.length - (int) plan.chunkBytes(), all.length),
          fixture.get(Fixture.content(plan)).body());
      assertEquals(
          file.manifest().chunks().stream().skip(7).mapToLong(chunk -> chunk.size()).sum(),
          plan.chunkBytes());
    }
  }

  @Test
  void nothingMissingIsAnEmptyStream() throws Exception {
    try (PackageFile file = fixture.publish("m", "1", 1)) {
      Plan plan =
          fixture.plan(
              "m",
              Wishes.everything()
                  .withHeld(new Wishes.Held(file.digest(), List.of(new Range(0, 5)))));
      assertEquals(0, plan.bytes());
      HttpResponse<byte[]> response = fixture.get(Fixture.content(plan));
      assertEquals(200, response.statusCode());
      assertEquals(0, response.body().length);
      Fixture.assertProblem(
          416, "range-not-satisfiable", fixture.get(Fixture.content(plan), "Range", "bytes=0-"));
    }
  }

  @Test
  void anUpdateBeginsWithThePatchOfTheManifest() throws Exception {
    try (PackageFile old = fixture.publish("m", "1", 1, 2, 3, 4, 5, 6, 7, 8);
        PackageFile fresh = fixture.publish("m", "2", 1, 2, 3, 4, 5, 6, 7, 9)) {
      Wishes wishes =
          Wishes.everything().withHeld(new Wishes.Held(old.digest(), List.of(new Range(0, 40))));
      Plan plan = fixture.plan("m", wishes);
      assertEquals(Plan.ManifestForm.PATCH, plan.content().form());
      byte[] body = fixture.get(Fixture.content(plan)).body();
      ByteBuffer patch = ByteBuffer.wrap(body, 0, (int) plan.manifestBytes());
      assertEquals(fresh.digest(), ManifestCodec.expand(patch, old.body()).digest());
      byte[] byDigest =
          fixture
              .get("/v1/manifests/" + fresh.digest().hex() + "?base=" + old.digest().hex())
              .body();
      assertArrayEquals(Arrays.copyOf(body, (int) plan.manifestBytes()), byDigest);
      assertArrayEquals(
          fresh.manifestBytes(), fixture.get("/v1/manifests/" + fresh.digest().hex()).body());
    }
  }

  @Test
  void aDifferenceIsSentWhereItIsSmaller() throws Exception {
    try (PackageFile old = fixture.publish("m", "1", 1, 2, 3);
        PackageFile fresh =
            TestPackages.named("m", "2").tensors(4, 5, 6).differenceTo(old).write(scratch)) {
      fixture.server().library().publish(fresh);
      Plan plan =
          fixture.plan(
              "m",
              Wishes.everything()
                  .withHeld(new Wishes.Held(old.digest(), List.of(new Range(0, 15)))));
      assertTrue(plan.content().difference());
      byte[] body = fixture.get(Fixture.content(plan)).body();
      var chunk = fresh.manifest().differences().get(0).chunks().get(0);
      ByteBuffer sent =
          ByteBuffer.wrap(
              body, (int) plan.manifestBytes(), body.length - (int) plan.manifestBytes());
      assertEquals(fresh.read(chunk.digest(), chunk.size()), sent);
    }
  }

  @Test
  void anUnknownPlanIsToldByItsCodeAndTheSameWishesOpenItAgain() throws Exception {
    fixture.publish("m", "1", 1, 2).close();
    Plan plan = fixture.plan("m", Wishes.everything());
    byte[] before = fixture.get(Fixture.content(plan)).body();
    fixture.restart();
    Fixture.assertProblem(404, "plan-unknown", fixture.get(Fixture.content(plan)));
    Fixture.assertProblem(404, "plan-unknown", fixture.get("/v1/plans/nonsense/content"));
    assertEquals(plan.id(), fixture.plan("m", Wishes.everything()).id());
    int half = before.length / 2;
    HttpResponse<byte[]> rest =
        fixture.get(
            Fixture.content(plan),
            "Range",
            "bytes=" + half + "-",
            "If-Range",
            '"' + plan.id().hex() + '"');
    assertEquals(206, rest.statusCode());
    assertArrayEquals(Arrays.copyOfRange(before, half, before.length), rest.body());
  }

  @Test
  void wishesThatAreNoneAreRefusedByName() throws Exception {
    fixture.publish("m", "1", 1, 2).close();
    for (String wishes :
        List.of(
            "{",
            "[]",
            "7",
            "null",
            "{\"bits\":-1}",
            "{\"bits\":\"many\"}",
            "{\"depth\":0}",
            "{\"deadlineSeconds\":5}",
            "{\"held\":{}}",
            "{\"held\":{\"manifest\":\"zz\"}}",
            "{\"held\":{\"manifest\":\"" + "0".repeat(64) + "\",\"chunks\":[[5,1]]}}",
            "{\"maxBytes\":1}",
            "[".repeat(100_000))) {
      HttpResponse<byte[]> response =
          fixture.post("/v1/models/m/plan", wishes.getBytes(StandardCharsets.UTF_8));
      Fixture.assertProblem(400, "request-invalid", response);
    }
    Fixture.assertProblem(
        413,
        "body-too-large",
        fixture.post("/v1/models/m/plan", new byte[PlanEndpoints.MAX_WISHES + 1]));
    Fixture.assertProblem(
        404, "model-unknown", fixture.post("/v1/models/nobody/plan", new byte[0]));
    Fixture.assertProblem(
        400, "request-invalid", fixture.post("/v1/models/No%20Body/plan", new byte[0]));
  }

  @Test
  void signaturesComeWithThePlan() throws Exception {
    KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    try (PackageFile file =
        TestPackages.named("m", "1")
            .tensors(1)
            .signed(digest -> List.of(Signatures.sign(digest, keys.getPrivate(), keys.getPublic())))
            .write(scratch)) {
      fixture.server().library().publish(file);
      HttpResponse<byte[]> response = fixture.post("/v1/models/m/plan", new byte[0]);
      String header = response.headers().firstValue("Insitu-Signatures").orElseThrow();
      String key = Signatures.Key.of(keys.getPublic()).hex();
      assertEquals(PlanEndpoints.signatures(file.signatures()), header);
      assertTrue(header.matches(key + ":[0-9a-f]{128}"), header);
      assertEquals(
          key,
          fixture
              .json("/v1/models/m/versions/1/signatures")
              .get("signatures")
              .get(0)
              .get("key")
              .asText());
    }
  }

  @Test
  void differentWishesAreDifferentPlans() throws Exception {
    fixture.publish("m", "1", 1, 2).close();
    Plan all = fixture.plan("m", Wishes.everything());
    Plan less =
        PlanJson.readPlan(
            fixture
                .post("/v1/models/m/plan", "{\"depth\":1}".getBytes(StandardCharsets.UTF_8))
                .body());
    assertNotEquals(all.id(), less.id());
    byte[] body = fixture.get(Fixture.content(less)).body();
    assertEquals(less.bytes(), body.length);
  }
}
