package dev.insitu.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.device.DeviceException.Reason;
import dev.insitu.device.ModelState.Downloaded;
import dev.insitu.device.ModelState.Failed;
import dev.insitu.device.ModelState.UpToDate;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.link.Cut;
import dev.insitu.link.LinkProfile;
import dev.insitu.link.ShapedLink;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The SDK against the product's own server, over links that are slow and break. */
@Timeout(120)
class ServerTest {

  private static final int N = 192;
  private static final TestPackage FIRST = TestPackage.random("chain", "1.0", 6, N, 11);

  @TempDir Path directory;
  private RealServer server;

  @BeforeEach
  void start() throws IOException {
    server = RealServer.start(directory.resolve("server").toAbsolutePath());
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private Path device() {
    return directory.resolve("device");
  }

  private static void assertAnswers(TestPackage expected, Model model) {
    float[] input = new float[expected.n];
    java.util.Arrays.fill(input, 0.5f);
    float[] got =
        model
            .run(Map.of("v0", Tensor.of(input, 1, expected.n)))
            .get("v" + expected.layers)
            .floats();
    float[] want = expected.answer(input);
    for (int i = 0; i < expected.n; i++) {
      assertEquals(want[i], got[i], 1e-3, "element " + i);
    }
  }

  private static ModelState done(Model model) throws Exception {
    return model.whenDone().get(60, TimeUnit.SECONDS);
  }

  private static long bytes(PackageFile file) {
    return file.manifestBytes().length + file.manifest().chunkBytes();
  }

  @Test
  void aSignedPackageIsPulledVerifiedAndRun() throws Exception {
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    KeyPair stranger = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    try (PackageFile file =
        server.publish(
            FIRST,
            List.of(),
            Optional.of(digest -> Signatures.sign(digest, pair.getPrivate(), pair.getPublic())))) {
      Trust other = Trust.keys(List.of(Signatures.Key.of(stranger.getPublic())));
      try (Insitu insitu = Insitu.open(device(), server.uri(), other)) {
        Failed failed = assertInstanceOf(Failed.class, done(insitu.model("chain").pull()));
        assertEquals(Reason.UNTRUSTED, failed.reason());
      }
      Trust trust = Trust.keys(List.of(Signatures.Key.of(pair.getPublic())));
      try (Insitu insitu = Insitu.open(device(), server.uri(), trust)) {
        Model model = insitu.model("chain:1.0").pull();
        assertInstanceOf(UpToDate.class, done(model));
        assertAnswers(FIRST, model);
        assertEquals(bytes(file), model.counters().received());
      }
    }
  }

  @Test
  void anUpgradeFetchesExactlyTheMissingChunks() throws Exception {
    try (PackageFile file = server.publish(FIRST);
        Insitu insitu = Insitu.open(device(), server.uri(), Trust.anybody())) {
      Model model = insitu.model("chain").pull(Wishes.everything().withBits(6));
      assertInstanceOf(UpToDate.class, done(model));
      long before = model.counters().received();
      assertTrue(before < bytes(file) / 2, before + " of " + bytes(file));
      assertInstanceOf(UpToDate.class, done(model.pull(Wishes.everything())));
      assertAnswers(FIRST, model);
      assertEquals(bytes(file), model.counters().received());
      assertEquals(0, model.counters().repeated());
    }
  }

  @Test
  void anUpdateTakesTheSmallerForm() throws Exception {
    TestPackage second = DifferenceTest.nudged(FIRST, "1.1", 3, 5, false);
    try (PackageFile one = server.publish(FIRST);
        Insitu insitu = Insitu.open(device(), server.uri(), Trust.anybody())) {
      Model model = insitu.model("chain").pull();
      done(model);
      try (PackageFile two = server.publish(second, List.of(one), Optional.empty())) {
        long before = model.counters().received();
        assertInstanceOf(UpToDate.class, done(model.pull()));
        assertEquals(Optional.of("1.1"), model.version());
        assertAnswers(second, model);
        long update = model.counters().received() - before;
        assertTrue(update < bytes(two) / 4, update + " of " + bytes(two));
      }
    }
  }

  @Test
  void tenCutsAndRestartsRepeatNextToNothing() throws Exception {
    TestPackage big = TestPackage.random("big", "1", 14, 512, 3);
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    try (PackageFile file = server.publish(big)) {
      long total = bytes(file);
      assertTrue(total > 10_000_000, total + " bytes");
      ShapedLink.Builder builder =
          ShapedLink.to("127.0.0.1", server.port())
              .down(LinkProfile.constant(60_000_000, Duration.ofMillis(5)))
              .up(LinkProfile.constant(60_000_000, Duration.ofMillis(5)));
      for (int i = 0; i < 10; i++) {
        builder.cut(
            Cut.afterBytes(1 + (long) (random.nextDouble() * total))
                .refusing(Duration.ofMillis(random.nextInt(100))));
      }
      try (ShapedLink link = builder.open();
          Insitu insitu = Insitu.open(quick(link.port()))) {
        Model model = insitu.model("big").pull();
        Eventually.until(() -> model.counters().received() > total / 3);
        server.restart();
        Eventually.until(() -> model.counters().received() > total / 2);
        server.restart();
        ModelState state = done(model);
        assertInstanceOf(UpToDate.class, state, "seed " + seed);
        assertAnswers(big, model);
        TransferCounters counters = model.counters();
        double ratio = (double) counters.received() / total;
        System.out.println(
            "figure: content bytes read / package, 10 cuts and 2 restarts: "
                + ratio
                + ", delivered by the link / package: "
                + (double) link.counters().down().delivered() / total);
        assertTrue(ratio <= 1.005, "ratio " + ratio + ", seed " + seed);
        assertEquals(0, counters.lost(), "seed " + seed);
      }
    }
  }

  private DeviceOptions quick(int port) {
    return DeviceOptions.builder(device(), URI.create("http://127.0.0.1:" + port), Trust.anybody())
        .retryPolicy(
            new RetryPolicy(
                Duration.ofMillis(10), Duration.ofMillis(200), 2, 0.5, Integer.MAX_VALUE))
        .stallTimeout(Duration.ofSeconds(2))
        .build();
  }

  @Test
  void anUpdateUnderLoadFailsNoInference() throws Exception {
    TestPackage second = FIRST.changed("1.1", 3, 5);
    try (PackageFile one = server.publish(FIRST);
        Insitu insitu = Insitu.open(device(), server.uri(), Trust.anybody())) {
      Model model = insitu.model("chain").pull();
      done(model);
      AtomicBoolean stop = new AtomicBoolean();
      AtomicInteger answers = new AtomicInteger();
      Thread load =
          new Thread(() -> {
            while (!stop.get()) {
              assertAnswersEither(FIRST, second, model);
              answers.incrementAndGet();
            }
          });
      Throwable[] failure = new Throwable[1];
      load.setUncaughtExceptionHandler((thread, problem) -> failure[0] = problem);
      load.start();
      try (PackageFile two = server.publish(second)) {
        assertNotEquals(one.digest(), two.digest());
        assertInstanceOf(UpToDate.class, done(model.pull()));
      }
      int then = answers.get();
      Eventually.until(() -> answers.get() > then + 20 || failure[0] != null);
      stop.set(true);
      load.join();
      assertEquals(null, failure[0]);
      assertAnswers(second, model);
    }
  }

  private static void assertAnswersEither(TestPackage some, TestPackage other, Model model) {
    float[] input = new float[N];
    java.util.Arrays.fill(input, 0.5f);
    float[] got = model.run(Map.of("v0", Tensor.of(input, 1, N))).get("v" + some.layers).floats();
    assertTrue(
        isNear(got, some.answer(input)) || isNear(got, other.answer(input)),
        "an answer of neither version");
  }

  private static boolean isNear(float[] got, float[] want) {
    for (int i = 0; i < want.length; i++) {
      if (Math.abs(want[i] - got[i]) > 1e-3) {
        return false;
      }
    }
    return true;
  }

  @Test
  void aStarterRunsBeforeTheRestArrives() throws Exception {
    try (PackageFile file = server.publish(FIRST)) {
      Manifest manifest = file.manifest();
      long base = SubModel.of(manifest, manifest.segments().size(), 0).bytes();
      try (ShapedLink link =
              ShapedLink.to("127.0.0.1", server.port())
                  .down(LinkProfile.constant(2_000_000, Duration.ofMillis(5)))
                  .cut(Cut.afterBytes(bytes(file) / 2).refusing(Duration.ofSeconds(30)))
                  .open();
          Insitu insitu = Insitu.open(quick(link.port()))) {
        Model model = insitu.model("chain").pull();
        float[] input = new float[N];
        java.util.Arrays.fill(input, 0.5f);
        float[] got =
            model.run(Map.of("v0", Tensor.of(input, 1, N))).get("v" + FIRST.layers).floats();
        assertTrue(model.counters().received() < bytes(file), "base " + base);
        assertEquals(FIRST.answer(input)[0], got[0], 0.5);
      }
      try (Insitu insitu = Insitu.open(quick(server.port()))) {
        Model model = insitu.model("chain").pull();
        ModelState state = done(model);
        assertTrue(state instanceof Downloaded || state instanceof UpToDate, state.toString());
        assertAnswers(FIRST, model);
      }
    }
  }
}
