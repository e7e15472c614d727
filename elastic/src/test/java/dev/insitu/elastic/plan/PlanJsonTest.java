package dev.insitu.elastic.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.ElasticException.Reason;
import dev.insitu.elastic.plan.Plan.Content;
import dev.insitu.elastic.plan.Plan.Expected;
import dev.insitu.elastic.plan.Plan.ManifestForm;
import dev.insitu.elastic.plan.Plan.Refused;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlanJsonTest {

  private static final String DIGEST = "ab".repeat(32);

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void wishesComeBack(long seed) {
    Wishes wishes = randomWishes(new Random(seed));
    assertEquals(wishes, PlanJson.readWishes(PlanJson.write(wishes)));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void plansComeBack(long seed) {
    Plan plan = randomPlan(new Random(seed));
    Plan read = PlanJson.readPlan(PlanJson.write(plan));
    assertEquals(plan, read);
    assertEquals(plan.id(), read.id());
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void profilesComeBack(long seed) {
    Random random = new Random(seed);
    List<Profile.Point> points = new ArrayList<>();
    for (int i = 0; i < random.nextInt(9); i++) {
      points.add(
          new Profile.Point(
              3 * i,
              random.nextInt(1000),
              random.nextDouble(),
              random.nextDouble(),
              share(random)));
    }
    Profile profile = new Profile(random.nextInt(5000), points);
    assertEquals(profile, PlanJson.readProfile(PlanJson.write(profile)));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void cutAndDamagedDocumentsAreRefusedOrRead(long seed) {
    Random random = new Random(seed);
    byte[] plan = PlanJson.write(randomPlan(random));
    byte[] wishes = PlanJson.write(randomWishes(random));
    for (int cut = 0; cut < plan.length; cut += 1 + random.nextInt(9)) {
      byte[] part = Arrays.copyOf(plan, cut);
      assertThrows(ElasticException.class, () -> PlanJson.readPlan(part));
    }
    for (int i = 0; i < 200; i++) {
      byte[] damagedPlan = damaged(plan, random);
      byte[] damagedWishes = damaged(wishes, random);
      refusedOrRead(() -> PlanJson.readPlan(damagedPlan));
      refusedOrRead(() -> PlanJson.readWishes(damagedWishes));
    }
  }

  private static byte[] damaged(byte[] bytes, Random random) {
    byte[] damaged = bytes.clone();
    damaged[random.nextInt(bytes.length)] = (byte) random.nextInt();
    return damaged;
  }

  /** Anything but an {@link ElasticException} fails the test. */
  private static void refusedOrRead(Runnable reading) {
    try {
      reading.run();
    } catch (ElasticException e) {
      assertTrue(e.getMessage().length() < 2_000, e.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "7",
        "{",
        "{} {}",
        "{}x",
        "{\"bits\": \"3\"}",
        "{\"bits\": -3}",
        "{\"bits\": 0}",
        "{\"bits\": 1e999}",
        "{\"bits\": NaN}",
        "{\"bits\": 3, \"bits\": 4}",
        "{\"bits\": null}",
        "{\"depth\": 0}",
        "{\"depth\": 1.5}",
        "{\"depth\": 99999999999}",
        "{\"maxBytes\": 0}",
        "{\"maxBytes\": 1e3}",
        "{\"maxBytes\": 18446744073709551617}",
        "{\"deadlineSeconds\": 3}",
        "{\"deadlineSeconds\": 0, \"rateBitPerSecond\": 1}",
        "{\"deadlineSeconds\": 1e12, \"rateBitPerSecond\": 1}",
        "{\"startAgreement\": 1.01}",
        "{\"held\": {}}",
        "{\"held\": []}",
        "{\"held\": {\"manifest\": \"12\"}}",
        "{\"held\": {\"manifest\": \"../../etc/passwd\"}}",
        "{\"held\": {\"model\": \"m\", \"version\": \"1\", \"manifest\": \"DIGEST\", \"chunks\": [[3, 3]]}}",
        "{\"held\": {\"model\": \"m\", \"version\": \"1\", \"manifest\": \"DIGEST\", \"chunks\": [[3]]}}",
        "{\"held\": {\"model\": \"m\", \"version\": \"1\", \"manifest\": \"DIGEST\", \"chunks\": [[1, 2, 3]]}}",
        "{\"held\": {\"model\": \"m\", \"version\": \"1\", \"manifest\": \"DIGEST\", \"chunks\": [3]}}",
        "{\"held\": {\"model\": \"m\", \"version\": \"1\", \"manifest\": \"DIGEST\", \"chunks\": [[-1, 2]]}}",
        "{\"held\": {\"model\": \"m\", \"version\": \"1\", \"manifest\": \"DIGEST\", \"chunks\": [[0, 2147483648]]}}",
        "{\"held\": {\"model\": \"m\", \"version\": \"1\", \"manifest\": \"DIGEST\", \"chunks\": 5}}"
      })
  void nonsenseWishesAreRefused(String json) {
    byte[] bytes = json.replace("DIGEST", DIGEST).getBytes(StandardCharsets.UTF_8);
    assertEquals(
        Reason.INVALID,
        assertThrows(ElasticException.class, () -> PlanJson.readWishes(bytes)).reason());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"model\": \"m\", \"version\": \"1\"}",
        "{\"manifest\": \"DIGEST\", \"version\": \"1\"}",
        "{\"manifest\": \"DIGEST\", \"model\": \"m\"}",
        "{\"manifest\": \"DIGEST\", \"model\": \"../m\", \"version\": \"1\"}",
        "{\"model\": \"m\", \"version\": \"1\", \"manifest\": \"DIGEST\", \"manifestForm\": \"held\"}",
        "{\"model\": \"m\", \"version\": \"1\", \"manifest\": \"DIGEST\", \"difference\": {\"id\": \"x\"}}",
        "{\"model\": \"m\", \"version\": \"1\", \"manifest\": \"DIGEST\", \"difference\": 1}",
        "{\"model\": \"m\", \"version\": \"1\", \"manifest\": \"DIGEST\", \"starterChunks\": 1.0}",
        "{\"model\": \"m\", \"version\": \"1\", \"manifest\": \"DIGEST\", \"agreement\": 2}",
        "{\"model\": \"m\", \"version\": \"1\", \"manifest\": \"DIGEST\", \"refused\": [1]}",
        "{\"model\": \"m\", \"version\": \"1\", \"manifest\": \"DIGEST\", \"refused\": {}}",
        "{\"model\": \"m\", \"version\": \"1\", \"manifest\": \"DIGEST\", \"reason\": [\"x\"]}"
      })
  void nonsensePlansAreRefused(String json) {
    byte[] bytes = json.replace("DIGEST", DIGEST).getBytes(StandardCharsets.UTF_8);
    assertEquals(
        Reason.INVALID,
        assertThrows(ElasticException.class, () -> PlanJson.readPlan(bytes)).reason());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"model\": \"m\", \"version\": \"1\", \"manifest\": \"DIGEST\", \"id\": \"DIGEST\"}",
        "{\"model\": \"m\", \"version\": \"1\", \"manifest\": \"DIGEST\", \"manifestForm\": \"PATCH\"}",
        "{\"model\": \"m\", \"version\": \"1\", \"manifest\": \"DIGEST\", \"difference\": true}",
        "{\"model\": \"m\", \"version\": \"1\", \"manifest\": \"DIGEST\", \"difference\": true, \"base\": \"DIGEST\", \"chunks\": [[0,1]]}",
        "{\"model\": \"m\", \"version\": \"1\", \"manifest\": \"DIGEST\", \"chunkBytes\": -1}"
      })
  void plansThatContradictThemselvesAreRefused(String json) {
    byte[] bytes = json.replace("DIGEST", DIGEST).getBytes(StandardCharsets.UTF_8);
    assertEquals(
        Reason.CORRUPT,
        assertThrows(ElasticException.class, () -> PlanJson.readPlan(bytes)).reason());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"samples\": -1}",
        "{\"points\": [{\"chunks\": 2}, {\"chunks\": 1}]}",
        "{\"points\": [{\"agreement\": 1.5}]}",
        "{\"points\": [{\"bitsPerWeight\": -1}]}",
        "{\"points\": [{\"bytes\": -1}]}",
        "{\"points\": [{\"accuracy\": -0.1}]}",
        "{\"points\": 3}"
      })
  void nonsenseProfilesAreRefused(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    assertEquals(
        Reason.INVALID,
        assertThrows(ElasticException.class, () -> PlanJson.readProfile(bytes)).reason());
  }

  @Test
  void unknownFieldsArePassedOver() {
    String json = "{\"later\": {\"bits\": [1, {\"depth\": 2}]}, \"bits\": 3, \"more\": []}";
    assertEquals(
        Wishes.everything().withBits(3),
        PlanJson.readWishes(json.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void nestingAndLengthAreBounded() {
    byte[] deep = ("{\"later\": " + "[".repeat(100_000)).getBytes(StandardCharsets.UTF_8);
    assertThrows(ElasticException.class, () -> PlanJson.readWishes(deep));
    byte[] longText =
        ("{\"later\": \"" + "x".repeat(70_000) + "\"}").getBytes(StandardCharsets.UTF_8);
    PlanJson.readPlan(
        ("{\"model\": \"m\", \"version\": \"1\", \"manifest\": \"" + DIGEST + "\"}")
            .getBytes(StandardCharsets.UTF_8));
    assertThrows(ElasticException.class, () -> PlanJson.readPlan(longText));
    byte[] tooLong = new byte[PlanJson.MAX_BYTES + 1];
    assertEquals(
        Reason.LIMIT,
        assertThrows(ElasticException.class, () -> PlanJson.readWishes(tooLong)).reason());
  }

  @Test
  void thePlansIdIsOverItsOneTextualForm() {
    Digest manifest = Digest.parse(DIGEST);
    Digest base = Digest.parse("cd".repeat(32));
    Content content =
        new Content(
            manifest,
            ManifestForm.PATCH,
            Optional.of(base),
            false,
            List.of(new Range(4, 6), new Range(0, 2)));
    String text = "insitu-plan-v1\n" + DIGEST + "\nPATCH\n" + base.hex() + "\n4-6,0-2\n";
    assertEquals(Digest.sha256(text.getBytes(StandardCharsets.US_ASCII)), content.id());
  }

  private static Wishes randomWishes(Random random) {
    boolean timed = random.nextBoolean();
    return new Wishes(
        number(random),
        random.nextBoolean() ? OptionalInt.of(1 + random.nextInt(9)) : OptionalInt.empty(),
        random.nextBoolean() ? OptionalLong.of(1 + random.nextInt(99)) : OptionalLong.empty(),
        timed ? Optional.of(Duration.ofMillis(1 + random.nextInt(99_999))) : Optional.empty(),
        timed ? OptionalDouble.of(1 + random.nextInt(9999)) : number(random),
        share(random),
        random.nextBoolean()
            ? Optional.of(new Wishes.Held(digest(random), ranges(random)))
            : Optional.empty(),
        random.nextBoolean() ? OptionalDouble.of(0.25 * (1 + random.nextInt(4))) : share(random));
  }

  private static Plan randomPlan(Random random) {
    ManifestForm form = List.of(ManifestForm.values()).get(random.nextInt(3));
    boolean difference = random.nextInt(3) == 0;
    boolean based = form == ManifestForm.PATCH || difference;
    Content content =
        new Content(
            digest(random),
            form,
            based ? Optional.of(digest(random)) : Optional.empty(),
            difference,
            difference ? List.of() : ranges(random));
    return new Plan(
        "m" + random.nextInt(1000),
        "V_" + random.nextInt(1000),
        content,
        random.nextInt(1 << 20),
        random.nextLong() >>> 2,
        random.nextInt(1 << 20),
        random.nextLong() >>> 2,
        new Expected(share(random), share(random), share(random)),
        "because of \"ü\"\n",
        random.nextBoolean() ? List.of(new Refused("a", "b")) : List.of());
  }

  private static List<Range> ranges(Random random) {
    return Range.of(IntStream.range(0, 50).filter(i -> random.nextInt(3) > 0));
  }

  private static Digest digest(Random random) {
    byte[] bytes = new byte[Digest.BYTES];
    random.nextBytes(bytes);
    return Digest.of(bytes);
  }

  private static OptionalDouble share(Random random) {
    return random.nextBoolean() ? OptionalDouble.of(random.nextDouble()) : OptionalDouble.empty();
  }

  private static OptionalDouble number(Random random) {
    return random.nextBoolean()
        ? OptionalDouble.of(random.nextDouble() * 1000 + 1e-9)
        : OptionalDouble.empty();
  }
}
