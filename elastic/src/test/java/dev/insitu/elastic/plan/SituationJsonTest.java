package dev.insitu.elastic.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.ElasticException.Reason;
import dev.insitu.elastic.plan.DeviceState.Energy;
import dev.insitu.elastic.plan.Objective.InOrder;
import dev.insitu.elastic.plan.Objective.Weighted;
import dev.insitu.elastic.plan.Wishes.Held;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SituationJsonTest {

  private static Situation read(String json) {
    return PlanJson.readSituation(json.getBytes(StandardCharsets.UTF_8));
  }

  private static String write(Situation situation) {
    return new String(PlanJson.write(situation), StandardCharsets.UTF_8);
  }

  private static ElasticException refused(String json) {
    return assertThrows(ElasticException.class, () -> read(json), json);
  }

  private static Situation full() {
    Wanted wanted =
        new Wanted(
            OptionalDouble.of(0.8),
            0.7,
            OptionalDouble.of(0.05),
            OptionalDouble.of(2),
            OptionalLong.of(1_000_000),
            500,
            0.9,
            Privacy.FEATURES_MAY_LEAVE,
            new InOrder(List.of(Goal.FIRST_ANSWER, Goal.ACCURACY), 0.01));
    return new Situation(
        1,
        new DeviceState(
            OptionalLong.of(1L << 40),
            OptionalLong.of(256 << 10),
            OptionalDouble.of(1e9),
            OptionalDouble.of(7e8),
            List.of("float32", "int8"),
            List.of("npu"),
            new Energy(
                OptionalDouble.of(10),
                OptionalDouble.of(1e-11),
                OptionalDouble.of(1e-8),
                OptionalDouble.of(2e-8))),
        new Channel(
            Optional.of(new Estimate(5e6, 1e6)),
            Optional.of(new Estimate(1e6, 0)),
            Optional.of(new Estimate(0.04, 0.01)),
            Optional.of(new Estimate(0.02, 0.001)),
            Optional.of(new Estimate(1e-6, 0))),
        new Setting(
            Optional.of("cell 7"),
            Optional.of(Instant.parse("2030-01-31T08:00:00Z")),
            Optional.of("gate camera")),
        Optional.of(new Held(Versions.digest("held"), List.of(new Range(0, 4), new Range(9, 10)))),
        wanted,
        Map.of());
  }

  @Test
  void allFieldsComeBack() {
    Situation situation = full();
    assertEquals(situation, PlanJson.readSituation(PlanJson.write(situation)));
    Situation weighted =
        situation.withWanted(situation.wanted().withObjective(new Weighted(1, 0.2, 0.1, 0)));
    assertEquals(weighted, PlanJson.readSituation(PlanJson.write(weighted)));
  }

  @Test
  void nothingAtAllIsASituationWithoutLimits() {
    assertEquals(Situation.UNKNOWN, read("{}"));
    assertEquals(Situation.UNKNOWN, read(write(Situation.UNKNOWN)));
  }

  @Test
  void fieldsOfANewerClientAreKeptAndWrittenBack() {
    String newer =
        "{\"version\":3,\"storageBytes\":7,\"thermal\":{\"headroomKelvin\":[1.50,null,1e400]},"
            + "\"held\":{\"manifest\":\""
            + "ab".repeat(32)
            + "\",\"chunks\":[[0,2]],\"sinceSeconds\":12},\"mood\":\"\\u00e4\\\"\"}";
    Situation situation = read(newer);
    assertEquals(3, situation.version());
    assertEquals(7, situation.device().storageBytes().getAsLong());
    assertEquals(
        Map.of(
            "thermal",
            "{\"headroomKelvin\":[1.50,null,1E+400]}",
            "held/sinceSeconds",
            "12",
            "mood",
            "\"ä\\\"\""),
        situation.unknown());
    String written = write(situation);
    assertTrue(written.contains("\"thermal\":{\"headroomKelvin\":[1.50,null,1E+400]}"), written);
    assertTrue(written.contains("\"chunks\":[[0,2]],\"sinceSeconds\":12}"), written);
    assertEquals(situation, read(written));
  }

  @ParameterizedTest
  @CsvSource({
    "storageBytes, -1, -1",
    "memoryBytes, 1152921504606846977, 1152921504606846977",
    "memoryBytes, 99999999999999999999, memoryBytes",
    "memoryBytes, 1.5, memoryBytes",
    "macsPerSecond, 0, 0.0",
    "macsPerSecond, NaN, NaN",
    "macsPerSecond, Infinity, Infinity",
    "macsPerSecond, 1e999, Infinity",
    "energyJoules, -0.5, -0.5",
    "joulesPerMac, 1e999, Infinity",
    "joulesPerBitDown, -1, -1.0",
    "joulesPerBitUp, -1, -1.0",
    "downlinkBitsPerSecond, -1, -1.0",
    "downlinkSpreadBitsPerSecond, -1, -1.0",
    "uplinkBitsPerSecond, 1e999, Infinity",
    "roundTripSeconds, -0.001, -0.001",
    "roundTripSeconds, 1e10, 1.0E10",
    "lossRate, 1, 1.0",
    "bitErrorRate, 0.5, 0.5",
    "accuracyFloor, 1.01, 1.01",
    "accuracyFloor, 80, 80.0",
    "startShare, -1, -1.0",
    "latencySeconds, 0, 0.0",
    "firstAnswerSeconds, -3, -3.0",
    "maxBytes, -1, -1",
    "inferences, 0, 0",
    "certainty, 0.2, 0.2",
    "certainty, 1, 1.0",
    "accuracyTolerance, 2, 2.0",
    "secondWeight, -2, -2.0",
    "version, 0, 0",
    "place, 17, place",
    "place, '\"\"', 0",
    "time, '\"yesterday\"', yesterday",
    "precisions, '[\"a\",\"a\"]', a",
    "precisions, '\"float32\"', precisions",
    "goals, '[]', goals",
    "goals, '[\"time\",\"time\"]', TIME",
    "goals, '[\"fame\"]', fame",
    "featuresMayLeave, 1, featuresMayLeave",
    "held, '{}', manifest",
    "held, '{\"manifest\":\"00\"}', 00"
  })
  void nonsenseIsRefusedByName(String name, String value, String shown) {
    ElasticException e = refused("{\"" + name + "\":" + value + "}");
    assertEquals(Reason.INVALID, e.reason());
    String message = String.valueOf(e.getMessage());
    boolean named = message.contains(name) || name.equals("held");
    assertTrue(named && message.contains(shown), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{\"inputsMayLeave\":true,\"featuresMayLeave\":false}; featuresMayLeave",
        "{\"firstAnswerSeconds\":1}; downlinkBitsPerSecond",
        "{\"latencySeconds\":1}; macsPerSecond",
        "{\"roundTripSpreadSeconds\":1}; roundTripSeconds",
        "{\"goals\":[\"time\"],\"secondWeight\":1}; goals",
        "{\"accuracyTolerance\":0.1,\"secondWeight\":1}; accuracyTolerance",
        "{\"secondWeight\":0}; weight",
        "{\"place\":\"a\",\"place\":\"b\"}; place"
      })
  void whatContradictsItselfIsRefused(String json, String named) {
    ElasticException e = refused(json);
    assertEquals(Reason.INVALID, e.reason());
    assertTrue(String.valueOf(e.getMessage()).contains(named), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "null", "{", "{}{}", "{\"a\":}", "{\"a\":[1,2}", "\u0000"})
  void whatIsNoObjectIsRefused(String json) {
    assertEquals(Reason.INVALID, refused(json).reason());
  }

  @Test
  void whatCameInsteadIsSaidInPlainWords() {
    assertSaid(
        "{\"downlinkBitsPerSecond\":\"fast\"}", "'downlinkBitsPerSecond': a text came; a number");
    assertSaid("{\"maxBytes\":1.5}", "a number with a fraction came; a whole number was expected");
    assertSaid("{\"featuresMayLeave\":null}", "null came; true or false was expected");
    assertSaid("[]", "an array came; an object was expected");
    assertSaid("", "nothing more came; an object was expected");
    assertSaid("{} {}", "an object came; the end was expected");
    assertSaid("{\"maxBytes\":NaN}", "Non-standard token 'NaN'.");
    assertSaid("{", "Unexpected end-of-input: expected close marker for Object.");
  }

  private static void assertSaid(String json, String expected) {
    String said = String.valueOf(refused(json).getMessage());
    assertTrue(said.contains(expected), said);
  }

  @Test
  void whatIsTooMuchIsRefused() {
    String many = "{\"a0\":0" + ",\"a%d\":0".repeat(64) + "}";
    Object[] numbers = new Object[64];
    java.util.Arrays.setAll(numbers, i -> i + 1);
    assertEquals(Reason.LIMIT, refused(String.format(many, numbers)).reason());
    String large = "{\"a\":[" + "\"xxxxxxxx\",".repeat(7000) + "0]}";
    assertEquals(Reason.LIMIT, refused(large).reason());
    String names = "{\"accelerators\":[\"a\"" + ",\"b\"".repeat(40) + "]}";
    assertEquals(Reason.LIMIT, refused(names).reason());
    String deep = "{\"a\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}";
    assertEquals(Reason.INVALID, refused(deep).reason());
    byte[] huge = new byte[PlanJson.MAX_BYTES + 1];
    assertEquals(
        Reason.LIMIT,
        assertThrows(ElasticException.class, () -> PlanJson.readSituation(huge)).reason());
  }

  @Test
  void damagedBytesAreReadOrRefusedButNothingElse() {
    byte[] bytes = PlanJson.write(full());
    long seed = 20260131;
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged = bytes.clone();
      for (int k = random.nextInt(3); k >= 0; k--) {
        damaged[random.nextInt(damaged.length)] = (byte) (32 + random.nextInt(95));
      }
      try {
        Situation situation = PlanJson.readSituation(damaged);
        assertEquals(situation, PlanJson.readSituation(PlanJson.write(situation)), "seed " + seed);
      } catch (ElasticException e) {
        assertTrue(e.reason() != Reason.CORRUPT || e.getMessage() != null, "seed " + seed);
      }
    }
  }
}
