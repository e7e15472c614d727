package dev.insitu.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.device.DeviceException.Reason;
import dev.insitu.device.FaultServer.Fault;
import dev.insitu.device.ModelState.Downloaded;
import dev.insitu.device.ModelState.Failed;
import dev.insitu.device.ModelState.OutOfDate;
import dev.insitu.device.ModelState.UpToDate;
import dev.insitu.elastic.Signatures;
import dev.insitu.elastic.Signatures.Signed;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Packages that are not what they should be, disks that are full or damaged, and servers that fail
 * for long.
 */
@Timeout(60)
class FaultsTest {

  private static final int N = 64;
  private static final TestPackage FIRST = TestPackage.random("chain", "1.0", 6, N, 11);
  private static final TestPackage SECOND = FIRST.changed("1.1", 3, 12);

  @TempDir Path directory;
  private FaultServer server;

  @BeforeEach
  void start() throws IOException {
    server = new FaultServer();
    server.publish(FIRST);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private DeviceOptions options(Trust trust, UnaryOperator<DeviceOptions.Builder> change) {
    return change
        .apply(
            DeviceOptions.builder(directory, server.uri(), trust)
                .stallTimeout(Duration.ofMillis(500))
                .retryPolicy(
                    new RetryPolicy(
                        Duration.ofMillis(5), Duration.ofMillis(50), 2, 0.5, Integer.MAX_VALUE)))
        .build();
  }

  private Insitu open() throws IOException {
    return Insitu.open(options(Trust.anybody(), builder -> builder));
  }

  private static Map<String, Tensor> inputs() {
    float[] values = new float[N];
    java.util.Arrays.fill(values, 0.5f);
    return Map.of("v0", Tensor.of(values, 1, N));
  }

  private static void assertAnswers(TestPackage expected, Model model) {
    float[] input = inputs().get("v0").floats();
    float[] got = model.run(inputs()).get("v" + expected.layers).floats();
    float[] want = expected.answer(input);
    for (int i = 0; i < N; i++) {
      assertEquals(want[i], got[i], 1e-4, "element " + i);
    }
  }

  private static ModelState done(Model model) throws Exception {
    return model.whenDone().get(30, TimeUnit.SECONDS);
  }

  private static Signed sign(TestPackage some, KeyPair pair) {
    return Signatures.sign(some.digest(), pair.getPrivate(), pair.getPublic());
  }

  @Test
  void onlyPinnedKeysAreBelieved() throws Exception {
    KeyPair pinned = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    KeyPair stranger = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    Trust trust = Trust.keys(List.of(Signatures.Key.of(pinned.getPublic())));
    try (Insitu insitu = Insitu.open(options(trust, builder -> builder))) {
      Model model = insitu.model("chain");
      Failed unsigned = assertInstanceOf(Failed.class, done(model.pull()));
      assertEquals(Reason.UNTRUSTED, unsigned.reason());
      server.publish(FIRST, sign(FIRST, stranger));
      Failed unknown = assertInstanceOf(Failed.class, done(model.pull()));
      assertEquals(Reason.UNTRUSTED, unknown.reason());
      assertTrue(unknown.message().contains("none of the 1 pinned keys"), unknown.message());
      server.publish(FIRST, sign(SECOND, pinned));
      assertEquals(Reason.UNTRUSTED, ((Failed) done(model.pull())).reason());
      assertEquals(List.of(), server.ranges());
      server.publish(FIRST, sign(FIRST, stranger), sign(FIRST, pinned));
      assertInstanceOf(UpToDate.class, done(model.pull()));
      assertAnswers(FIRST, model);
    }
    try (Insitu insitu = Insitu.open(options(trust, builder -> builder))) {
      assertAnswers(FIRST, insitu.model("chain"));
    }
  }

  @Test
  void aKeyThatIsNoLongerPinnedEndsTheTrustInWhatIsOnTheDisk() throws Exception {
    KeyPair old = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    KeyPair next = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    server.publish(FIRST, sign(FIRST, old));
    Trust before = Trust.keys(List.of(Signatures.Key.of(old.getPublic())));
    try (Insitu insitu = Insitu.open(options(before, builder -> builder))) {
      assertInstanceOf(UpToDate.class, done(insitu.model("chain").pull()));
    }
    Trust after = Trust.keys(List.of(Signatures.Key.of(next.getPublic())));
    try (Insitu insitu = Insitu.open(options(after, builder -> builder))) {
      Model model = insitu.model("chain");
      assertEquals(Reason.UNTRUSTED, ((Failed) model.state()).reason());
      assertThrows(DeviceException.class, () -> model.run(inputs()));
    }
  }

  @Test
  void aChunkThatHasItsDigestAndCannotBeDecodedLeavesTheOldVersionServing() throws Exception {
    try (Insitu insitu = open()) {
      Model model = insitu.model("chain");
      done(model.pull());
      server.publish(SECOND.withBrokenChunk("1.2", 4));
      Failed failed = assertInstanceOf(Failed.class, done(model.pull()));
      assertEquals(Reason.UNUSABLE, failed.reason());
      assertAnswers(FIRST, model);
      server.publish(SECOND);
      assertInstanceOf(UpToDate.class, done(model.pull()));
      assertAnswers(SECOND, model);
    }
  }

  @Test
  void aFirstVersionThatCannotBeDecodedFails() throws Exception {
    server.publish(SECOND.withBrokenChunk("1.2", 4));
    try (Insitu insitu = open()) {
      Model model = insitu.model("chain").pull();
      Failed failed = assertInstanceOf(Failed.class, done(model));
      assertEquals(Reason.UNUSABLE, failed.reason());
      assertTrue(failed.message().contains("cannot be decoded"), failed.message());
      assertThrows(RuntimeException.class, () -> model.run(inputs()));
      assertInstanceOf(OutOfDate.class, done(model.pull()));
    }
    try (Insitu insitu = open()) {
      Model model = insitu.model("chain").pull();
      assertInstanceOf(OutOfDate.class, done(model));
      server.publish(SECOND);
      assertInstanceOf(UpToDate.class, done(model.pull()));
      assertAnswers(SECOND, model);
    }
  }

  @Test
  void aPackageOfANewerFormatIsRefused() throws Exception {
    server.corruption = (position, value) -> position == 4 ? (byte) 2 : value;
    try (Insitu insitu = open()) {
      Failed failed = assertInstanceOf(Failed.class, done(insitu.model("chain").pull()));
      assertEquals(Reason.TOO_NEW, failed.reason());
    }
  }

  @Test
  void aServerThatFailsForLongLeavesTheModelOnTheDiskServing() throws Exception {
    try (Insitu insitu = open()) {
      done(insitu.model("chain").pull());
    }
    for (int i = 0; i < 30; i++) {
      server.onPlan(new Fault.Status(i % 2 == 0 ? 429 : 500, "X: y"));
    }
    try (Insitu insitu = open()) {
      Model model = insitu.model("chain").pull();
      for (int i = 0; i < 20; i++) {
        assertAnswers(FIRST, model);
      }
      assertInstanceOf(UpToDate.class, done(model));
    }
  }

  @Test
  void aFullDiskFailsGoesOnWhenThereIsRoomAndRepeatsNothing() throws Exception {
    AtomicLong room = new AtomicLong(60_000);
    StoreGate disk =
        wanted -> {
          int allowed = (int) Math.min(wanted, room.get());
          room.addAndGet(-allowed);
          return allowed;
        };
    try (Insitu insitu = Insitu.open(options(Trust.anybody(), builder -> builder), disk)) {
      Model model = insitu.model("chain").pull();
      Eventually.until(() -> model.state() instanceof Failed);
      Failed failed = (Failed) model.state();
      assertEquals(Reason.DISK_FULL, failed.reason());
      assertTrue(failed.retrying());
      room.set(Long.MAX_VALUE);
      assertInstanceOf(UpToDate.class, done(model));
      assertAnswers(FIRST, model);
      long total = FIRST.manifestBytes.length + FIRST.manifest.chunkBytes();
      // what had been read from the socket and could not be written comes again
      assertTrue(model.counters().received() <= total + 20 * 65_536, model.counters().toString());
    }
  }

  @Test
  void aDiskThatFillsDuringAnUpdateLeavesTheOldVersionServing() throws Exception {
    AtomicLong room = new AtomicLong(Long.MAX_VALUE);
    StoreGate disk =
        wanted -> {
          int allowed = (int) Math.min(wanted, room.get());
          room.addAndGet(-allowed);
          return allowed;
        };
    try (Insitu insitu = Insitu.open(options(Trust.anybody(), builder -> builder), disk)) {
      Model model = insitu.model("chain");
      done(model.pull());
      server.publish(SECOND);
      room.set(20_000);
      model.pull();
      Eventually.until(() -> model.state() instanceof Failed);
      assertAnswers(FIRST, model);
      room.set(Long.MAX_VALUE);
      assertInstanceOf(UpToDate.class, done(model));
      assertAnswers(SECOND, model);
    }
  }

  @Test
  void aCrashAtAnyByteOfAnUpdateLeavesTheOldVersionOrTheNew() throws Exception {
    try (Insitu insitu = open()) {
      done(insitu.model("chain").pull());
    }
    server.publish(SECOND);
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    long written = 0;
    for (int crash = 0; crash < 12; crash++) {
      AtomicLong room = new AtomicLong(random.nextInt(12_000));
      written += room.get();
      StoreGate disk =
          wanted -> {
            int allowed = (int) Math.min(wanted, room.get());
            room.addAndGet(-allowed);
            return allowed;
          };
      try (Insitu insitu = Insitu.open(options(Trust.anybody(), builder -> builder), disk)) {
        Model model = insitu.model("chain").pull();
        Eventually.until(() -> model.state() instanceof Failed || model.whenDone().isDone());
        boolean updated = model.version().equals(Optional.of("1.1"));
        assertAnswers(updated ? SECOND : FIRST, model);
      } catch (IOException e) {
        // the store could not even be opened: dead from the start
      }
    }
    try (Insitu insitu = open()) {
      Model model = insitu.model("chain");
      boolean updated = model.version().equals(Optional.of("1.1"));
      assertAnswers(updated ? SECOND : FIRST, model);
      ModelState state = done(model.pull());
      assertTrue(
          state instanceof UpToDate || state instanceof Downloaded, () -> state + ", seed " + seed);
      assertAnswers(SECOND, model);
      assertEquals(2, model.versions().size(), "seed " + seed + ", " + written + " bytes");
    }
  }

  @Test
  void damageOnTheDiskIsFetchedAgain() throws Exception {
    try (Insitu insitu = open()) {
      done(insitu.model("chain").pull());
    }
    Path segment;
    try (Stream<Path> files = Files.list(directory.resolve("chunks"))) {
      segment = files.filter(f -> f.toString().endsWith(".chunks")).findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(segment);
    bytes[bytes.length / 2] ^= 1;
    Files.write(segment, bytes);
    try (Insitu insitu = open()) {
      Model model = insitu.model("chain").pull();
      assertAnswers(FIRST, model);
      long chunk = FIRST.chunk(0).length;
      Eventually.until(() -> model.state() instanceof UpToDate);
      assertEquals(chunk, model.counters().received());
    }
  }

  @Test
  void aDamagedManifestOnTheDiskIsFetchedAgain() throws Exception {
    try (Insitu insitu = open()) {
      done(insitu.model("chain").pull());
    }
    Path manifest = directory.resolve("manifests").resolve(FIRST.digest().hex() + ".manifest");
    byte[] bytes = Files.readAllBytes(manifest);
    bytes[bytes.length / 2] ^= 1;
    Files.write(manifest, bytes);
    try (Insitu insitu = open()) {
      Model model = insitu.model("chain");
      assertEquals(Reason.CORRUPT, ((Failed) model.state()).reason());
      done(model.pull());
      assertAnswers(FIRST, model);
      assertTrue(
          model.counters().received() < FIRST.manifestBytes.length + 65_536,
          model.counters().toString());
    }
  }

  @Test
  void aServerThatIsRestartedIsAskedOnlyForTheRest() throws Exception {
    server.rate = 300_000;
    try (Insitu insitu = open()) {
      Model model = insitu.model("chain").pull();
      Eventually.until(() -> model.counters().received() > 50_000);
      server.restart();
      server.rate = 0;
      assertInstanceOf(UpToDate.class, done(model));
      assertAnswers(FIRST, model);
      long total = FIRST.manifestBytes.length + FIRST.manifest.chunkBytes();
      assertEquals(total, model.counters().received());
      assertEquals(total, model.progress().totalBytes());
    }
  }

  @Test
  void aVersionPublishedInTheMiddleIsTakenNext() throws Exception {
    server.rate = 300_000;
    try (Insitu insitu = open()) {
      Model model = insitu.model("chain").pull();
      Eventually.until(() -> model.counters().received() > 50_000);
      server.publish(SECOND);
      server.restart();
      server.rate = 0;
      assertInstanceOf(UpToDate.class, done(model));
      assertAnswers(SECOND, model);
    }
  }

  @Test
  void anotherAddressIsTakenUpAtOnce() throws Exception {
    server.onContent(new Fault.StallAfter(40_000));
    RetryPolicy patient = new RetryPolicy(Duration.ofSeconds(20), Duration.ofSeconds(20), 1, 0, 10);
    try (Insitu insitu =
        Insitu.open(
            options(
                Trust.anybody(),
                o -> o.stallTimeout(Duration.ofSeconds(20)).retryPolicy(patient)))) {
      Model model = insitu.model("chain").pull();
      Eventually.until(() -> model.counters().received() == 40_000);
      insitu.networkChanged();
      assertInstanceOf(UpToDate.class, done(model));
      assertAnswers(FIRST, model);
      assertEquals(
          FIRST.manifestBytes.length + FIRST.manifest.chunkBytes(), model.counters().received());
    }
  }

  @Test
  void aCrashBetweenInstallationAndReportInstallsOnce() throws Exception {
    try (Insitu insitu = open()) {
      Model model = insitu.model("chain");
      done(model.pull());
      server.publish(SECOND);
      done(model.pull());
    }
    int requests = server.ranges().size();
    try (Insitu insitu = open()) {
      Model model = insitu.model("chain");
      assertInstanceOf(Downloaded.class, model.state());
      assertInstanceOf(UpToDate.class, done(model.pull()));
      assertEquals(requests, server.ranges().size());
      assertEquals(2, model.versions().size());
      assertAnswers(SECOND, model);
    }
  }
}
