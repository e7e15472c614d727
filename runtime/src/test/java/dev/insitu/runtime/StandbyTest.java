package dev.insitu.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.SubModel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that are built beside one that serves. */
class StandbyTest {

  @TempDir Path directory;

  private ProgressiveModel model(
      TestPackage pack, SubModel target, UnaryOperator<RuntimeOptions.Builder> change)
      throws IOException {
    RuntimeOptions options =
        change.apply(RuntimeOptions.builder().standby(true).layoutMemoryBytes(1L << 40)).build();
    ProgressiveModel model =
        new ProgressiveModel(pack.manifest(), pack, directory.resolve("work"), options);
    model.expect(target, target);
    return model;
  }

  private static SubModel part(TestPackage pack) {
    return SubModel.of(pack.manifest(), pack.manifest().segments().size(), 2);
  }

  @Test
  void theFirstSessionIsTheWholeGraphAndAnswersAsSegmentsDo() throws Exception {
    TestPackage pack = TestPackage.of("skip", 91);
    Map<String, Tensor> inputs = pack.inputs(2, 1);
    for (SubModel target : List.of(part(pack), SubModel.whole(pack.manifest()))) {
      try (ProgressiveModel standby = model(pack, target, o -> o);
          ProgressiveModel usual = model(pack, target, o -> o.standby(false))) {
        target.indices().forEach(standby::arrived);
        target.indices().forEach(usual::arrived);
        Check.get(standby.whenRunnable());
        assertTrue(standby.fused());
        assertEquals(target, Check.get(standby.whenComplete()));
        assertTrue(Check.get(standby.whenFused()).used());
        Check.get(usual.whenComplete());
        Check.near(usual.run(inputs), standby.run(inputs), 1e-4);
        Map<String, Tensor> half = standby.runUntil(1, inputs);
        Check.near(standby.run(inputs), standby.runFrom(1, half), 1e-4);
      }
    }
  }

  @Test
  void nothingRunsBeforeAllIsThere() throws Exception {
    TestPackage pack = TestPackage.of("skip", 92);
    SubModel target = part(pack);
    int last = target.indices().max().orElseThrow();
    try (ProgressiveModel model = model(pack, target, o -> o)) {
      target.indices().filter(chunk -> chunk != last).forEach(model::arrived);
      Thread.sleep(50);
      assertFalse(model.whenRunnable().isDone());
      model.arrived(last);
      Check.get(model.whenRunnable());
      assertTrue(model.fused());
    }
  }

  @Test
  void withoutFusionSegmentsAreOpenedAsUsual() throws Exception {
    TestPackage pack = TestPackage.of("skip", 93);
    SubModel target = part(pack);
    for (UnaryOperator<RuntimeOptions.Builder> change :
        List.<UnaryOperator<RuntimeOptions.Builder>>of(
            o -> o.fusePolicy(FusePolicy.NEVER),
            o -> o.layoutMemoryBytes(0),
            o -> o.freeSegmentsAfterUse(true))) {
      try (ProgressiveModel model = model(pack, target, change)) {
        target.indices().forEach(model::arrived);
        Check.get(model.whenComplete());
        assertFalse(model.fused());
        assertEquals(2, model.run(pack.inputs(1, 1)).size());
      }
    }
  }

  @Test
  void aTargetWithFewerSegmentsOpensThose() throws Exception {
    TestPackage pack = TestPackage.of("skip", 94);
    SubModel target = SubModel.of(pack.manifest(), 1, 2);
    try (ProgressiveModel model = model(pack, target, o -> o)) {
      target.indices().forEach(model::arrived);
      Check.get(model.whenComplete());
      assertTrue(model.runnableSegments() >= 1);
      assertFalse(model.fused());
    }
  }

  @Test
  void givingWayToInferencesDelaysItNoLongerThanItsPatience() throws Exception {
    TestPackage pack = TestPackage.of("skip", 95);
    SubModel target = part(pack);
    AtomicBoolean end = new AtomicBoolean();
    try (ProgressiveModel busy = model(pack, target, o -> o)) {
      target.indices().forEach(busy::arrived);
      Check.get(busy.whenRunnable());
      Map<String, Tensor> inputs = pack.inputs(1, 1);
      var asker =
          Check.start(() -> {
            while (!end.get()) {
              busy.run(inputs);
            }
            return true;
          });
      try (ProgressiveModel model =
          model(pack, target, o -> o.standbyShare(1e-9).standbyPatience(Duration.ofMillis(300)))) {
        target.indices().forEach(model::arrived);
        Check.get(model.whenRunnable()); // without the limit it would take hours
      } finally {
        end.set(true);
      }
      assertTrue(Check.get(asker));
    }
  }
}
