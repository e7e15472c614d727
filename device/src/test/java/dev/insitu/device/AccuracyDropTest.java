package dev.insitu.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.device.ModelState.OutOfDate;
import dev.insitu.device.ModelState.UpToDate;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A new version that answers worse than the one before. */
@Timeout(60)
class AccuracyDropTest {

  private static final int N = 64;
  private static final TestPackage FIRST = TestPackage.random("chain", "1.0", 6, N, 11);
  private static final TestPackage SECOND = FIRST.changed("1.1", 4, 12);
  private static final TestPackage THIRD = SECOND.changed("1.2", 5, 13);

  @TempDir Path directory;
  private FaultServer server;
  private final ConcurrentLinkedQueue<AccuracyDrop> drops = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<String> swaps = new ConcurrentLinkedQueue<>();

  @BeforeEach
  void start() throws IOException {
    server = new FaultServer();
    server.publish(FIRST);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private Insitu open(UnaryOperator<DeviceOptions.Builder> change) throws IOException {
    ModelListener listener =
        new ModelListener() {
          @Override
          public void onAccuracyDrop(String model, AccuracyDrop drop) {
            drops.add(drop);
          }

          @Override
          public void onSwapped(String model, String from, String to) {
            swaps.add(from + ">" + to);
          }
        };
    return Insitu.open(
        change
            .apply(DeviceOptions.builder(directory, server.uri(), Trust.anybody()))
            .listener(listener)
            .build());
  }

  private static Map<String, Tensor> inputs() {
    return Map.of("v0", Tensor.of(new float[N], 1, N));
  }

  private static ModelState done(Model model) throws Exception {
    return model.whenDone().get(30, TimeUnit.SECONDS);
  }

  private static void report(Model model, int right, int wrong) {
    for (int i = 0; i < right; i++) {
      model.report(true);
    }
    for (int i = 0; i < wrong; i++) {
      model.report(false);
    }
  }

  @Test
  void theVersionBeforeServesAgainWithoutAFailedInferenceAndTheWorseOneStaysAway()
      throws Exception {
    AtomicBoolean end = new AtomicBoolean();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    try (Insitu insitu = open(o -> o)) {
      Model model = insitu.model("chain");
      assertInstanceOf(UpToDate.class, done(model.pull()));
      report(model, 190, 10);
      server.publish(SECOND);
      assertInstanceOf(UpToDate.class, done(model.pull()));
      Thread asker =
          new Thread(() -> {
            try {
              while (!end.get()) {
                model.run(inputs());
              }
            } catch (RuntimeException e) {
              failure.set(e);
            }
          });
      asker.start();
      report(model, 20, 80);
      Eventually.until(() -> swaps.contains("1.1>1.0"));
      end.set(true);
      asker.join();
      assertEquals(null, failure.get());
      assertEquals(Optional.of("1.0"), model.version());
      assertEquals(1, drops.size());
      AccuracyDrop drop = drops.element();
      assertEquals("1.1", drop.version());
      assertEquals("1.0", drop.versionBefore());
      assertEquals(0.95, drop.scoreBefore(), 1e-9);
      assertEquals(200, drop.outcomesBefore());
      assertTrue(drop.score() < 0.8 && drop.outcomes() <= 100, drop.toString());
      OutOfDate state = assertInstanceOf(OutOfDate.class, model.state());
      assertTrue(state.reason().contains("0.950 in 200"), state.reason());
      assertInstanceOf(OutOfDate.class, done(model.pull())); // it is not fetched again
      assertEquals(Optional.of("1.0"), model.version());
    }
    try (Insitu insitu = open(o -> o)) { // nor by the next process
      Model model = insitu.model("chain");
      assertInstanceOf(OutOfDate.class, done(model.pull()));
      server.publish(THIRD);
      assertInstanceOf(UpToDate.class, done(model.pull()));
      assertEquals(Optional.of("1.2"), model.version());
    }
  }

  @Test
  void withoutRuleReferenceOrReportsForItAVersionStays() throws Exception {
    try (Insitu insitu = open(o -> o.accuracyRule(Optional.empty()))) {
      Model model = insitu.model("chain");
      model.report(true); // nothing serves yet
      done(model.pull());
      report(model, 500, 0);
      server.publish(SECOND);
      done(model.pull());
      report(model, 0, 500);
      assertEquals(Optional.of("1.1"), model.version());
    }
    try (Insitu insitu = open(o -> o)) {
      Model model = insitu.model("chain");
      report(model, 0, 500); // there is nothing to compare with
      server.publish(THIRD);
      done(model.pull());
      report(model, 100, 0);
      for (int i = 0; i < 500; i++) {
        model.report("1.1", 0); // late, of another version
      }
      assertEquals(Optional.of("1.2"), model.version());
      assertEquals(List.of(), List.copyOf(drops));
      double[] none = {-0.1, 1.1, Double.NaN};
      for (double score : none) {
        assertThrows(IllegalArgumentException.class, () -> model.report(score));
      }
    }
  }
}
