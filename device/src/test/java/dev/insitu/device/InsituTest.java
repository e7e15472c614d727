package dev.insitu.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.device.FaultServer.Fault;
import dev.insitu.device.ModelState.Downloaded;
import dev.insitu.device.ModelState.Failed;
import dev.insitu.device.ModelState.OutOfDate;
import dev.insitu.device.ModelState.Paused;
import dev.insitu.device.ModelState.UpToDate;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.runtime.HealthCheck;
import dev.insitu.runtime.InferenceException;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The SDK as applications see it, against a server that can do everything wrong. */
@Timeout(60)
class InsituTest {

  private static final int N = 64;
  private static final TestPackage FIRST = TestPackage.random("chain", "1.0", 6, N, 11);
  private static final TestPackage SECOND = FIRST.changed("1.1", 4, 12);
  private static final TestPackage THIRD = SECOND.changed("1.2", 5, 13);

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

  private Insitu open() throws IOException {
    return open(builder -> builder);
  }

  private Insitu open(UnaryOperator<DeviceOptions.Builder> change) throws IOException {
    return Insitu.open(options(change));
  }

  private DeviceOptions options(UnaryOperator<DeviceOptions.Builder> change) {
    return change
        .apply(
            DeviceOptions.builder(directory, server.uri(), Trust.anybody())
                .stallTimeout(Duration.ofMillis(500))
                .retryPolicy(
                    new RetryPolicy(
                        Duration.ofMillis(5), Duration.ofMillis(50), 2, 0.5, Integer.MAX_VALUE)))
        .build();
  }

  private static float[] input() {
    float[] values = new float[N];
    for (int i = 0; i < N; i++) {
      values[i] = (float) Math.sin(i);
    }
    return values;
  }

  private static Map<String, Tensor> inputs() {
    return Map.of("v0", Tensor.of(input(), 1, N));
  }

  private static void assertAnswers(TestPackage expected, Map<String, Tensor> answer) {
    float[] got = answer.get("v" + expected.layers).floats();
    float[] want = expected.answer(input());
    for (int i = 0; i < N; i++) {
      assertEquals(want[i], got[i], 1e-4, "element " + i);
    }
  }

  private static ModelState done(Model model) throws Exception {
    return model.whenDone().get(30, TimeUnit.SECONDS);
  }

  @Test
  void sixLinesGiveAnAnswer() throws Exception {
    try (Insitu insitu = Insitu.open(directory, server.uri(), Trust.anybody())) {
      Model model = insitu.model("chain").pull();
      assertAnswers(FIRST, model.run(inputs()));
      assertInstanceOf(UpToDate.class, done(model));
      assertEquals(1, server.planRequests.size());
      assertEquals(List.of(""), server.ranges());
    }
  }

  @Test
  void whatWasPulledRunsWithoutServer() throws Exception {
    try (Insitu insitu = open()) {
      assertInstanceOf(UpToDate.class, done(insitu.model("chain").pull()));
    }
    server.close();
    try (Insitu insitu = open()) {
      Model model = insitu.model("chain");
      assertInstanceOf(Downloaded.class, model.state());
      assertAnswers(FIRST, model.run(inputs()));
      model.pull();
      Eventually.until(() -> model.state() instanceof Paused);
      assertAnswers(FIRST, model.run(inputs()));
    }
  }

  @Test
  void aSecondPullFindsNothingToDo() throws Exception {
    try (Insitu insitu = open()) {
      Model model = insitu.model("chain");
      done(model.pull());
      assertInstanceOf(UpToDate.class, done(model.pull()));
      assertEquals(1, server.ranges().size());
    }
    try (Insitu insitu = open()) {
      assertInstanceOf(UpToDate.class, done(insitu.model("chain").pull()));
      assertEquals(1, server.ranges().size());
    }
  }

  @Test
  void closingInTheMiddleLosesNothing() throws Exception {
    server.onContent(new Fault.StallAfter(60_000));
    long received;
    try (Insitu insitu = open(o -> o.stallTimeout(Duration.ofSeconds(20)))) {
      Model model = insitu.model("chain").pull();
      Eventually.until(() -> model.counters().received() == 60_000);
      received = model.counters().received();
    }
    try (Insitu insitu = open()) {
      Model model = insitu.model("chain").pull();
      assertInstanceOf(Downloaded.class, done(model));
      assertAnswers(FIRST, model.run(inputs()));
      long total = FIRST.manifestBytes.length + FIRST.manifest.chunkBytes();
      assertEquals(total, received + model.counters().received());
      assertEquals(1, server.planRequests.size());
      assertEquals("bytes=60000-" + (total - 1), server.ranges().get(1));
    }
  }

  @Test
  void anUpdateSwapsAndKeepsTheVersionBefore() throws Exception {
    List<String> swaps = Collections.synchronizedList(new ArrayList<>());
    ModelListener listener =
        new ModelListener() {
          @Override
          public void onSwapped(String model, String from, String to) {
            swaps.add(from + ">" + to);
          }
        };
    try (Insitu insitu = open(o -> o.listener(listener))) {
      Model model = insitu.model("chain");
      done(model.pull());
      model.run(inputs());
      server.publish(SECOND);
      long before = model.counters().received();
      assertInstanceOf(UpToDate.class, done(model.pull()));
      assertEquals(Optional.of("1.1"), model.version());
      assertAnswers(SECOND, model.run(inputs()));
      long changed = 2L * FIRST.chunk(0).length;
      long received = model.counters().received() - before;
      assertTrue(received < changed + SECOND.manifestBytes.length, received + " bytes");
      assertTrue(model.rollBack());
      assertAnswers(FIRST, model.run(inputs()));
      assertInstanceOf(OutOfDate.class, model.state());
      assertInstanceOf(OutOfDate.class, done(model.pull()));
      server.publish(THIRD);
      assertInstanceOf(UpToDate.class, done(model.pull()));
      assertAnswers(THIRD, model.run(inputs()));
      Eventually.until(() -> swaps.size() == 3);
      assertEquals(List.of("1.0>1.1", "1.1>1.0", "1.0>1.2"), swaps);
    }
    try (Insitu insitu = open()) {
      assertAnswers(THIRD, insitu.model("chain").run(inputs()));
    }
  }

  @Test
  void anOlderVersionIsRefusedUnlessAskedFor() throws Exception {
    try (Insitu insitu = open()) {
      Model model = insitu.model("chain");
      done(model.pull());
      server.publish(SECOND);
      done(model.pull());
      server.publish(FIRST);
      Failed failed = assertInstanceOf(Failed.class, done(model.pull()));
      assertEquals(DeviceException.Reason.OLDER_VERSION, failed.reason());
      assertAnswers(SECOND, model.run(inputs()));
    }
    try (Insitu insitu = open(o -> o.acceptOlderVersions(true))) {
      Model model = insitu.model("chain");
      assertInstanceOf(UpToDate.class, done(model.pull()));
      assertAnswers(FIRST, model.run(inputs()));
    }
  }

  @Test
  void aVersionThatFailsItsCheckIsNotTaken() throws Exception {
    AtomicReference<String> problem = new AtomicReference<>("too warm");
    HealthCheck check = candidate -> Optional.ofNullable(problem.get());
    try (Insitu insitu = open(o -> o.healthCheck(check))) {
      Model model = insitu.model("chain");
      done(model.pull());
      server.publish(SECOND);
      Failed failed = assertInstanceOf(Failed.class, done(model.pull()));
      assertEquals(DeviceException.Reason.HEALTH_CHECK, failed.reason());
      assertTrue(failed.message().contains("too warm"), failed.message());
      assertAnswers(FIRST, model.run(inputs()));
      assertInstanceOf(OutOfDate.class, done(model.pull()));
      problem.set(null);
      server.publish(THIRD);
      assertInstanceOf(UpToDate.class, done(model.pull()));
      assertAnswers(THIRD, model.run(inputs()));
    }
  }

  @Test
  void aPulledPartRunsWithFewerBits() throws Exception {
    TestPackage small = TestPackage.random("one", "1", 1, N, 5);
    server.publish(small);
    try (Insitu insitu = open()) {
      Model model = insitu.model("one").pull(Wishes.everything().withMaxBytes(1 << 20));
      assertAnswers(small, model.run(inputs()));
    }
  }

  @Test
  void aPullWithOtherWishesTakesThePlaceOfOneThatRuns() throws Exception {
    server.rate = 100_000;
    try (Insitu insitu = open()) {
      Model model = insitu.model("chain").pull();
      Eventually.until(() -> model.progress().doneBytes() > 10_000);
      CompletableFuture<ModelState> first = model.whenDone();
      model.pull(Wishes.everything().withMaxBytes(1 << 20));
      server.rate = 0;
      assertInstanceOf(UpToDate.class, done(model));
      assertInstanceOf(ModelState.Available.class, first.get());
      assertAnswers(FIRST, model.run(inputs()));
      assertEquals(
          FIRST.manifestBytes.length + FIRST.manifest.chunkBytes(), model.counters().received());
    }
  }

  @Test
  void aStoppedPullCanBeTakenUpAgain() throws Exception {
    server.rate = 100_000;
    try (Insitu insitu = open()) {
      Model model = insitu.model("chain").pull();
      Eventually.until(() -> model.progress().doneBytes() > 10_000);
      model.stop();
      assertInstanceOf(ModelState.Available.class, done(model));
      assertThrows(DeviceException.class, () -> model.run(inputs()));
      server.rate = 0;
      assertInstanceOf(Downloaded.class, done(model.pull()));
      assertAnswers(FIRST, model.run(inputs()));
      assertEquals(
          FIRST.manifestBytes.length + FIRST.manifest.chunkBytes(), model.counters().received());
    }
  }

  @Test
  void pausingHoldsTheTransferAndResumingEndsIt() throws Exception {
    server.rate = 100_000;
    try (Insitu insitu = open()) {
      Model model = insitu.model("chain").pull();
      Eventually.until(() -> model.progress().doneBytes() > 10_000);
      model.pause();
      Eventually.until(() -> model.state() instanceof Paused);
      long held = model.counters().received();
      Eventually.pause(200);
      assertEquals(held, model.counters().received());
      server.rate = 0;
      model.resume();
      assertInstanceOf(UpToDate.class, done(model));
      assertEquals(
          FIRST.manifestBytes.length + FIRST.manifest.chunkBytes(), model.counters().received());
    }
  }

  @Test
  void progressIsTrueToTheByteAndNeverFalls() throws Exception {
    List<Progress> seen = Collections.synchronizedList(new ArrayList<>());
    server.rate = 300_000;
    server.onContent(new Fault.CutAfter(40_000), new Fault.StallAfter(20_000));
    ModelListener listener =
        new ModelListener() {
          @Override
          public void onProgress(Progress progress) {
            seen.add(progress);
          }
        };
    try (Insitu insitu = open(o -> o.listener(listener))) {
      Model model = insitu.model("chain").pull();
      done(model);
      Eventually.until(
          () -> !seen.isEmpty() && seen.get(seen.size() - 1).state() instanceof UpToDate);
    }
    long total = FIRST.manifestBytes.length + FIRST.manifest.chunkBytes();
    long last = 0;
    for (Progress progress : List.copyOf(seen)) {
      assertTrue(progress.doneBytes() >= last, "fell to " + progress.doneBytes());
      assertTrue(progress.totalBytes() == 0 || progress.totalBytes() == total);
      assertTrue(progress.totalBytes() == total || progress.doneBytes() == 0);
      last = progress.doneBytes();
    }
    assertEquals(total, last);
  }

  @Test
  void twoCannotHaveOneDirectory() throws Exception {
    try (Insitu insitu = open()) {
      assertEquals(List.of(), insitu.models());
      DeviceException e = assertThrows(DeviceException.class, this::open);
      assertEquals(DeviceException.Reason.DIRECTORY_IN_USE, e.reason());
      assertTrue(e.getMessage().contains(directory.toString()));
    }
    open().close();
  }

  @Test
  void withoutPullThereIsNothingToWaitFor() throws Exception {
    try (Insitu insitu = open()) {
      Model model = insitu.model("chain");
      DeviceException e = assertThrows(DeviceException.class, () -> model.run(inputs()));
      assertEquals(DeviceException.Reason.NOT_RUNNABLE, e.reason());
    }
  }

  @Test
  void aRefusalEndsTheWaitOfInferences() throws Exception {
    server.onPlan(new Fault.Status(404, "X: y"));
    try (Insitu insitu = open()) {
      Model model = insitu.model("chain").pull();
      DeviceException e = assertThrows(DeviceException.class, () -> model.run(inputs()));
      assertEquals(DeviceException.Reason.SERVER, e.reason());
    }
  }

  @Test
  void anInferenceWaitsNoLongerThanItWasTold() throws Exception {
    server.onContent(new Fault.StallAfter(20_000));
    try (Insitu insitu = open(o -> o.stallTimeout(Duration.ofSeconds(20)))) {
      Model model = insitu.model("chain").pull();
      InferenceException e =
          assertThrows(InferenceException.class, () -> model.run(inputs(), Duration.ofMillis(300)));
      assertEquals(InferenceException.Reason.TIMEOUT, e.reason());
    }
  }

  @Test
  void aPackageOfAnotherNameIsRefused() throws Exception {
    server.publish("other", FIRST);
    try (Insitu insitu = open()) {
      Failed failed = assertInstanceOf(Failed.class, done(insitu.model("other").pull()));
      assertEquals(DeviceException.Reason.UNTRUSTED, failed.reason());
    }
  }

  @Test
  void deletingGivesTheSpaceBack() throws Exception {
    try (Insitu insitu = open()) {
      Model model = insitu.model("chain");
      done(model.pull());
      assertTrue(insitu.usedBytes() > FIRST.manifest.chunkBytes());
      model.delete();
      assertTrue(insitu.usedBytes() < 10_000, () -> used(insitu));
      assertThrows(DeviceException.class, () -> model.run(inputs()));
      done(model.pull());
      assertAnswers(FIRST, model.run(inputs()));
    }
  }

  private static String used(Insitu insitu) {
    try {
      return insitu.usedBytes() + " bytes";
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Test
  void aModelThatIsClosedRefusesInference() throws Exception {
    Model model;
    try (Insitu insitu = open()) {
      model = insitu.model("chain");
      done(model.pull());
    }
    assertThrows(DeviceException.class, () -> model.run(inputs()));
    assertThrows(DeviceException.class, model::pull);
    assertFalse(model.versions().isEmpty());
  }
}
