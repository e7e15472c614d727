package dev.insitu.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.device.ModelRecord.Pending;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.Signatures;
import dev.insitu.elastic.Signatures.Signed;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.PlanJson;
import dev.insitu.elastic.plan.PlanMaker;
import dev.insitu.elastic.plan.Privacy;
import dev.insitu.elastic.plan.Profile;
import dev.insitu.elastic.plan.Range;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.elastic.plan.Wanted;
import dev.insitu.elastic.plan.Wishes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelRecordTest {

  @TempDir Path directory;

  private static Digest digest(String text) {
    return Digest.sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  private static VersionRecord version(String name) {
    return new VersionRecord(
        digest(name), name, List.of(new Range(0, 3), new Range(7, 9)), false, true, false, 5);
  }

  private static ModelRecord sample() throws IOException {
    TestPackage some = TestPackage.random("chain", "1", 2, 16, 1);
    try (FaultServer server = new FaultServer()) {
      Plan plan = server.planOf(some, Wishes.everything());
      Signed signed = new Signed(new Signatures.Key("ab".repeat(32)), new byte[64]);
      Pending pending =
          new Pending(
              Wishes.everything().withBits(4),
              new SignedPlan(plan, List.of(signed)),
              Optional.of(Situation.UNKNOWN.withWanted(Wanted.BEST.withInferences(7))));
      return ModelRecord.of("chain")
          .with(version("1.0"))
          .with(version("1.1").withDepth(3))
          .withActive(digest("1.0"))
          .withActive(digest("1.1"))
          .withRejected(digest("0.9"))
          .withAssist(
              Optional.of(
                  new Assist(
                      Privacy.FEATURES_MAY_LEAVE,
                      OptionalInt.of(2),
                      6,
                      8,
                      OptionalDouble.of(2.5e6))))
          .withPending(Optional.of(pending));
    }
  }

  @Test
  void survivesTheWayToDiskAndBack() throws IOException {
    ModelRecord record = sample();
    ModelRecord read = ModelRecordJson.read(ModelRecordJson.write(record));
    assertEquals(record.versions(), read.versions());
    assertEquals(record.active(), read.active());
    assertEquals(record.previous(), read.previous());
    assertEquals(record.history(), read.history());
    assertEquals(record.rejected(), read.rejected());
    assertEquals(record.assist(), read.assist());
    Pending pending = read.pending().orElseThrow();
    assertEquals(record.pending().orElseThrow().wishes(), pending.wishes());
    assertEquals(record.pending().orElseThrow().plan().plan(), pending.plan().plan());
    assertEquals(
        SignedPlan.format(record.pending().orElseThrow().plan().signatures()),
        SignedPlan.format(pending.plan().signatures()));
  }

  @Test
  void damagedRecordsAreRefusedWhateverTheDamage() throws IOException {
    byte[] good = ModelRecordJson.write(sample());
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 2000; i++) {
      boolean cut = random.nextBoolean();
      byte[] bad = java.util.Arrays.copyOf(good, cut ? random.nextInt(good.length) : good.length);
      for (int flips = cut ? random.nextInt(4) : 1; flips > 0 && bad.length > 0; flips--) {
        bad[random.nextInt(bad.length)] ^= (byte) (1 + random.nextInt(255));
      }
      assertThrows(IOException.class, () -> ModelRecordJson.read(bad), "seed " + seed);
    }
  }

  @Test
  void aFileThatWasLostFallsBackToTheOneBefore() throws IOException {
    ModelFile file = ModelFile.open(directory, "chain", StoreGate.OPEN);
    ModelRecord first = ModelRecord.of("chain").with(version("1.0"));
    file.set(first, true);
    file.set(first.with(version("1.1")), true);
    Files.write(directory.resolve("model.json"), new byte[0]);
    assertEquals(first, ModelFile.open(directory, "chain", StoreGate.OPEN).get());
  }

  @Test
  void aWriteThatFailsChangesNothing() throws IOException {
    ModelFile file = ModelFile.open(directory, "chain", StoreGate.OPEN);
    ModelRecord first = ModelRecord.of("chain").with(version("1.0"));
    file.set(first, true);
    ModelFile full = ModelFile.open(directory, "chain", bytes -> bytes / 2);
    assertThrows(IOException.class, () -> full.set(first.with(version("1.1")), false));
    assertEquals(first, full.get());
    assertEquals(first, ModelFile.open(directory, "chain", StoreGate.OPEN).get());
  }

  @Test
  void whatServedBeforeIsOlder() {
    ModelRecord record =
        ModelRecord.of("m")
            .with(version("1"))
            .with(version("2"))
            .withActive(digest("1"))
            .withActive(digest("2"));
    assertTrue(record.isOlder(digest("1")));
    assertFalse(record.isOlder(digest("2")));
    assertFalse(record.isOlder(digest("3")));
    ModelRecord back = record.rolledBack();
    assertEquals(Optional.of(digest("1")), back.active());
    assertFalse(back.isOlder(digest("1")));
    assertEquals(List.of(digest("2")), back.rejected());
  }

  @Test
  void planMakingOfTestsIsTheProducts() {
    TestPackage some = TestPackage.random("chain", "1", 2, 16, 1);
    Plan plan =
        new PlanMaker(
                some.manifest,
                some.digest(),
                Profile.unmeasured(),
                new PlanMaker.NoOtherVersions(some.manifestBytes.length))
            .plan(Wishes.everything());
    assertEquals(plan, PlanJson.readPlan(PlanJson.write(plan)));
  }
}
