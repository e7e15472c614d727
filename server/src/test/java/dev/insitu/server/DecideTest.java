package dev.insitu.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.plan.Granted;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.PlanJson;
import dev.insitu.elastic.plan.Profile;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.elastic.plan.StartingPoint;
import dev.insitu.planner.Calibration;
import dev.insitu.planner.CandidateGrid;
import dev.insitu.planner.Decided;
import dev.insitu.planner.DecisionJson;
import dev.insitu.planner.Planner;
import dev.insitu.planner.ServerSide;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecideTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path scratch;
  @AutoClose private Fixture fixture;

  @BeforeEach
  void start() throws IOException {
    fixture = Fixture.start(scratch);
  }

  private HttpResponse<byte[]> decide(String model, String situation) throws Exception {
    return fixture.post(
        "/v1/models/" + model + "/decide", situation.getBytes(StandardCharsets.UTF_8));
  }

  private Granted granted(String situation) throws Exception {
    HttpResponse<byte[]> response = decide("m", situation);
    assertEquals(200, response.statusCode(), () -> text(response));
    return PlanJson.readGranted(response.body());
  }

  private static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  @Test
  void whatDevicesReportCalibratesWhatOthersAreTold() throws Exception {
    fixture.publish("m", "1", 1, 2, 3).close();
    String fresh = "{\"downlinkBitsPerSecond\":1e6,\"macsPerSecond\":1e6}";
    String slow = "{\"downlinkBitsPerSecond\":1e6,\"macsPerSecond\":1e5}";
    String ran = "{\"macsPerSecond\":2e9,\"modelMacsPerSecond\":2e8}";
    HttpResponse<byte[]> before = decide("m", fresh);
    HttpResponse<byte[]> expected = decide("m", slow);
    assertFalse(Arrays.equals(before.body(), expected.body()), text(before));
    for (int i = 0; i < ReportedSpeeds.LEAST_REPORTS; i++) {
      assertEquals(200, decide("m", ran).statusCode());
    }
    assertArrayEquals(expected.body(), decide("m", fresh).body());
  }

  @Test
  void theAnswerIsWhatThePlannerDecides() throws Exception {
    try (PackageFile file = fixture.publish("m", "1", 1, 2, 3)) {
      String situation = "{\"downlinkBitsPerSecond\":1e6,\"macsPerSecond\":1e9,\"maxBytes\":90000}";
      Situation asked = PlanJson.readSituation(situation.getBytes(StandardCharsets.UTF_8));
      StartingPoint start = StartingPoint.nothing(file.manifest(), file.manifestBytes().length);
      CandidateGrid grid = CandidateGrid.of(file.manifest(), Profile.unmeasured());
      Planner planner = new Planner(grid, Calibration.DEFAULT, ServerSide.NONE);
      byte[] expected =
          DecisionJson.write(Decided.of(grid, file.digest(), start, planner.decide(asked, start)));
      for (int i = 0; i < 3; i++) {
        HttpResponse<byte[]> response = decide("m", situation);
        assertArrayEquals(expected, response.body(), text(response));
      }
    }
  }

  @Test
  void theStreamThatWasDecidedOnIsOpen() throws Exception {
    fixture.publish("m", "1", 1, 2, 3).close();
    HttpResponse<byte[]> response = decide("m", "{\"downlinkBitsPerSecond\":1e6}");
    Granted granted = PlanJson.readGranted(response.body());
    Plan plan = granted.stream();
    assertEquals(Fixture.content(plan), response.headers().firstValue("Location").orElseThrow());
    assertEquals("", response.headers().firstValue("Insitu-Signatures").orElseThrow());
    assertEquals(3, granted.depth());
    assertEquals(1, granted.width());
    assertEquals(plan.bytes(), fixture.get(Fixture.content(plan)).body().length);
    assertTrue(granted.arrivalSeconds() >= plan.bytes() * 8e-6, text(response));
    assertEquals(
        200, fixture.post("/v1/plans/" + plan.id().hex() + "/cut", new byte[0]).statusCode());
  }

  @Test
  void noBodyAsksForTheBest() throws Exception {
    fixture.publish("m", "1", 1, 2).close();
    assertEquals(
        fixture.plan("m", dev.insitu.elastic.plan.Wishes.everything()).chunkBytes(),
        granted("").stream().chunkBytes());
  }

  @Test
  void onlyWhatIsMissingIsSent() throws Exception {
    try (PackageFile file = fixture.publish("m", "1", 1, 2, 3);
        PackageFile old = fixture.publish("old", "1", 1, 2, 3)) {
      String held = "{\"held\":{\"manifest\":\"%s\",\"chunks\":[[0,7]]}}";
      Plan plan = granted(held.formatted(file.digest().hex())).stream();
      assertEquals(Plan.ManifestForm.HELD, plan.content().form());
      byte[] all = Fixture.stream(file);
      byte[] sent = fixture.get(Fixture.content(plan)).body();
      assertEquals(
          file.manifest().chunks().stream().skip(7).mapToLong(chunk -> chunk.size()).sum(),
          sent.length);
      assertTrue(sent.length < all.length);
      Plan other = granted(held.formatted(old.digest().hex())).stream();
      assertEquals(plan.chunkBytes(), other.chunkBytes());
      Plan unknown = granted(held.formatted("0".repeat(64))).stream();
      assertEquals(all.length, unknown.bytes());
    }
  }

  @Test
  void limitsThatContradictAreRefusedWithWhatWouldDo() throws Exception {
    fixture.publish("m", "1", 1, 2, 3).close();
    HttpResponse<byte[]> response = decide("m", "{\"maxBytes\":100}");
    String detail = Fixture.assertProblem(422, "situation-infeasible", response);
    assertTrue(detail.contains("'maxBytes' is 100"), detail);
    JsonNode problem = JSON.readTree(response.body());
    assertFalse(problem.get("feasible").asBoolean());
    JsonNode conflict = problem.get("conflicts").get(0);
    assertEquals("maxBytes", conflict.get("limit").asText());
    assertTrue(problem.get("nearest").get(0).get("plan").get("depth").asInt() > 0);
    long needed = conflict.get("needed").asLong();
    assertEquals(needed, granted("{\"maxBytes\":" + needed + "}").stream().bytes());
    assertEquals(422, decide("m", "{\"maxBytes\":" + (needed - 1) + "}").statusCode());
  }

  @Test
  void aNewerClientsFieldsArePassedOver() throws Exception {
    fixture.publish("m", "1", 1, 2).close();
    assertEquals(
        granted("{}"), granted("{\"version\":7,\"mood\":{\"good\":[1,2]},\"place\":\"here\"}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "[]",
        "7",
        "null",
        "{\"storageBytes\":-1}",
        "{\"storageBytes\":NaN}",
        "{\"downlinkBitsPerSecond\":-5}",
        "{\"downlinkBitsPerSecond\":1e400}",
        "{\"firstAnswerSeconds\":1}",
        "{\"inputsMayLeave\":true,\"featuresMayLeave\":false}",
        "{\"accuracyFloor\":0.5}",
        "{\"goals\":[\"fame\"]}",
        "{\"version\":0}",
        "{\"maxBytes\":1,\"maxBytes\":2}"
      })
  void nonsenseIsRefused(String situation) throws Exception {
    fixture.publish("m", "1", 1, 2).close();
    for (int i = 0; i < 2; i++) { // cold, then ready
      Fixture.assertProblem(400, "request-invalid", decide("m", situation));
      assertEquals(200, decide("m", "{}").statusCode());
    }
  }

  @Test
  void whatIsTooLongIsRefused() throws Exception {
    fixture.publish("m", "1", 1, 2).close();
    assertEquals(400, decide("m", "[".repeat(100_000)).statusCode());
    String tooLong = "{\"new\":\"" + "x".repeat(70_000) + "\"}";
    assertTrue(List.of(400, 413).contains(decide("m", tooLong).statusCode()));
    Fixture.assertProblem(
        413,
        "body-too-large",
        fixture.post("/v1/models/m/decide", new byte[PlanEndpoints.MAX_WISHES + 1]));
  }

  @Test
  void modelsAndVersionsThatAreNotThereAreTold() throws Exception {
    fixture.publish("m", "1", 1).close();
    Fixture.assertProblem(404, "model-unknown", decide("nobody", "{}"));
    Fixture.assertProblem(400, "request-invalid", decide("No%20Body", "{}"));
    Fixture.assertProblem(404, "version-unknown", decide("m", "{}", "?version=3"));
    assertEquals(
        "1", PlanJson.readGranted(decide("m", "{}", "?version=1").body()).stream().version());
  }

  private HttpResponse<byte[]> decide(String model, String situation, String query)
      throws Exception {
    return fixture.post(
        "/v1/models/" + model + "/decide" + query, situation.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aVersionThatWasRemovedIsNotDecidedForAnyMore() throws Exception {
    fixture.publish("m", "1", 1).close();
    fixture.publish("m", "2", 2).close();
    assertEquals("2", granted("{}").stream().version());
    fixture.server().library().remove("m", "2");
    assertEquals("1", granted("{}").stream().version());
    fixture.restart();
    assertEquals("1", granted("{}").stream().version());
    fixture.server().library().remove("m", "1");
    Fixture.assertProblem(404, "model-unknown", decide("m", "{}"));
  }

  @Test
  void packagesThatAreReadyTakeNoMoreMemoryThanAllowed() throws Exception {
    List<PackageFile> files =
        Arrays.asList(
            fixture.publish("a", "1", 1, 2),
            fixture.publish("b", "1", 3, 4),
            fixture.publish("c", "1", 5, 6));
    Candidates all = new Candidates(Planning.DEFAULT);
    long one = 0;
    for (PackageFile file : files) {
      one = Math.max(one, all.of(stored(file), fixture.server().library()).bytes());
    }
    Planning planning = new Planning(Calibration.DEFAULT, ServerSide.NONE, 2 * one);
    Candidates two = new Candidates(planning);
    Candidates none = new Candidates(new Planning(Calibration.DEFAULT, ServerSide.NONE, 0));
    for (PackageFile file : files) {
      two.of(stored(file), fixture.server().library());
      none.of(stored(file), fixture.server().library());
    }
    assertTrue(all.bytes() > two.bytes() && two.bytes() <= 2 * one);
    assertTrue(two.known(files.get(0).digest()).isEmpty());
    assertTrue(two.known(files.get(1).digest()).isPresent());
    two.of(stored(files.get(0)), fixture.server().library());
    assertTrue(two.known(files.get(2).digest()).isEmpty(), "the one used before went last");
    assertTrue(none.known(files.get(1).digest()).isEmpty());
    assertTrue(none.known(files.get(2).digest()).isPresent());
    for (PackageFile file : files) {
      file.close();
    }
  }

  private dev.insitu.library.StoredPackage stored(PackageFile file) {
    return fixture.server().library().byManifest(file.digest()).orElseThrow();
  }
}
