package dev.insitu.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.SubModel;
import dev.insitu.runtime.InferenceException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelSlotsTest {

  private static final Duration WINDOW = Duration.ofMinutes(5);

  @TempDir Path directory;

  private ProgressiveModel model(TestPackage pack, boolean complete) throws IOException {
    RuntimeOptions options =
        RuntimeOptions.builder().streaming(Optimisation.BASIC).fusePolicy(FusePolicy.NEVER).build();
    ProgressiveModel model =
        new ProgressiveModel(pack.manifest(), pack, directory.resolve("work"), options);
    SubModel base = SubModel.of(pack.manifest(), pack.manifest().segments().size(), 2);
    model.expect(base, base);
    base.indices().limit(complete ? Long.MAX_VALUE : base.size() - 1).forEach(model::arrived);
    return model;
  }

  private static HealthCheck healthy(TestPackage pack) {
    return HealthCheck.finite(List.of(pack.inputs(1, 1)));
  }

  @Test
  void aHealthyCandidateBecomesActiveAndTheOldOneCanComeBack() throws Exception {
    TestPackage one = TestPackage.of("skip", 71);
    TestPackage two = TestPackage.of("skip", 72);
    Map<String, Tensor> inputs = one.inputs(1, 1);
    try (ModelSlots slots = new ModelSlots(model(one, true), WINDOW)) {
      Map<String, Tensor> first = slots.run(inputs);
      assertFalse(slots.rollback());
      ProgressiveModel candidate = model(two, true);
      slots.swapIn(candidate, healthy(one), Check.SOON);
      assertSame(candidate, slots.active());
      assertTrue(
          Comparison.relativeDifference(first.get("logits"), slots.run(inputs).get("logits"))
              > 0.01);
      assertTrue(slots.previous().isPresent());
      assertTrue(slots.rollback());
      assertEquals(first, slots.run(inputs));
      assertTrue(slots.previous().isEmpty());
      assertThrows(InferenceException.class, () -> candidate.run(inputs));
    }
    Check.eventually(() -> Check.entries(directory.resolve("work")) == 0, "all files gone");
  }

  @Test
  void aFailedCheckKeepsTheActiveModel() throws Exception {
    TestPackage pack = TestPackage.of("skip", 73);
    Map<String, Tensor> inputs = pack.inputs(1, 1);
    Map<String, Tensor> wrong = Map.of("logits", Tensor.of(new float[10], 1, 10));
    List<HealthCheck> checks =
        List.of(
            candidate -> Optional.of("It smells."),
            candidate -> {
              throw new IllegalStateException("It fell over.");
            },
            healthy(pack).and(HealthCheck.near(inputs, wrong, 0.01)),
            HealthCheck.near(inputs, Map.of("other", Tensor.of(new float[1])), 1));
    try (ModelSlots slots = new ModelSlots(model(pack, true), WINDOW)) {
      ProgressiveModel active = slots.active();
      for (HealthCheck check : checks) {
        ProgressiveModel candidate = model(pack, true);
        InferenceException refusal =
            assertThrows(
                InferenceException.class, () -> slots.swapIn(candidate, check, Check.SOON));
        assertEquals(Reason.HEALTH, refusal.reason());
        assertSame(active, slots.active());
        assertThrows(InferenceException.class, () -> candidate.run(inputs));
        assertEquals(2, slots.run(inputs).size());
      }
    }
  }

  @Test
  void nonFiniteOutputsAreUnhealthy() throws Exception {
    TestPackage pack = TestPackage.of("skip", 74);
    float[] infinite = new float[3 * 16 * 16];
    infinite[5] = Float.POSITIVE_INFINITY;
    HealthCheck check =
        HealthCheck.finite(List.of(Map.of("image", Tensor.of(infinite, 1, 3, 16, 16))));
    try (ModelSlots slots = new ModelSlots(model(pack, true), WINDOW)) {
      ProgressiveModel candidate = model(pack, true);
      InferenceException refusal =
          assertThrows(InferenceException.class, () -> slots.swapIn(candidate, check, Check.SOON));
      assertTrue(refusal.getMessage().contains("of sample 0 is not finite"), refusal.getMessage());
    }
  }

  @Test
  void aCandidateThatDoesNotArriveInTimeIsClosed() throws Exception {
    TestPackage pack = TestPackage.of("skip", 75);
    try (ModelSlots slots = new ModelSlots(model(pack, true), WINDOW)) {
      ProgressiveModel candidate = model(pack, false);
      InferenceException late =
          assertThrows(
              InferenceException.class,
              () -> slots.swapIn(candidate, healthy(pack), Duration.ofMillis(50)));
      assertEquals(Reason.TIMEOUT, late.reason());
      assertThrows(InferenceException.class, () -> candidate.run(pack.inputs(1, 1)));
    }
  }

  @Test
  void theRollbackWindowEnds() throws Exception {
    TestPackage pack = TestPackage.of("skip", 76);
    try (ModelSlots slots = new ModelSlots(model(pack, true), Duration.ofMillis(30))) {
      ProgressiveModel old = slots.active();
      slots.swapIn(model(pack, true), healthy(pack), Check.SOON);
      Check.eventually(() -> slots.previous().isEmpty(), "the window ends");
      Check.eventually(() -> !slots.rollback(), "no rollback");
      Check.eventually(() -> refuses(old, pack), "the old model closes");
    }
  }

  private static boolean refuses(ProgressiveModel model, TestPackage pack) {
    try {
      model.run(pack.inputs(1, 1));
      return false;
    } catch (InferenceException e) {
      return true;
    }
  }

  @Test
  void aModelClosesAfterItsLastInference() throws Exception {
    TestPackage pack = TestPackage.of("skip", 77);
    Map<String, Tensor> inputs = pack.inputs(1, 1);
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch swapped = new CountDownLatch(1);
    try (ModelSlots slots = new ModelSlots(model(pack, true), Duration.ZERO)) {
      var answer =
          Check.start(() ->
              slots.use(model -> {
                inside.countDown();
                try {
                  swapped.await();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
                return model.run(inputs);
              }));
      inside.await();
      ProgressiveModel old = slots.active();
      slots.swapIn(model(pack, true), healthy(pack), Check.SOON);
      assertEquals(2, old.run(inputs).size());
      swapped.countDown();
      assertEquals(2, Check.get(answer).size());
      Check.eventually(() -> old.runnableSegments() == 0, "closed");
    }
  }

  @Test
  void closedSlotsRefuse() throws Exception {
    TestPackage pack = TestPackage.of("skip", 78);
    ModelSlots slots = new ModelSlots(model(pack, true), WINDOW);
    slots.close();
    slots.close();
    InferenceException refusal =
        assertThrows(InferenceException.class, () -> slots.run(pack.inputs(1, 1)));
    assertEquals(Reason.CLOSED, refusal.reason());
    ProgressiveModel late = model(pack, true);
    assertThrows(InferenceException.class, () -> slots.swapIn(late, healthy(pack), Check.SOON));
    Check.eventually(() -> Check.entries(directory.resolve("work")) == 0, "all files gone");
  }

  @Test
  void aThousandSwapsUnderLoadLeaveNothingBehind() throws Exception {
    TestPackage[] packs = {TestPackage.of("tiny", 81), TestPackage.of("tiny", 82)};
    Map<String, Tensor> inputs = packs[0].inputs(1, 1);
    List<Map<String, Tensor>> legal = new ArrayList<>();
    for (TestPackage pack : packs) {
      try (ProgressiveModel model = model(pack, true)) {
        Check.get(model.whenComplete());
        legal.add(model.run(inputs));
      }
    }
    Queue<Throwable> problems = new ConcurrentLinkedQueue<>();
    AtomicBoolean stop = new AtomicBoolean();
    AtomicLong answers = new AtomicLong();
    try (ModelSlots slots = new ModelSlots(model(packs[0], true), Duration.ZERO)) {
      Thread user =
          new Thread(() -> {
            try {
              while (!stop.get()) {
                assertTrue(legal.contains(slots.run(inputs)), "a wrong answer");
                answers.incrementAndGet();
              }
            } catch (Throwable e) {
              problems.add(e);
            }
          });
      user.start();
      long filesBefore = -1;
      for (int swap = 1; swap <= 1000 && problems.isEmpty(); swap++) {
        slots.swapIn(model(packs[swap % 2], true), healthy(packs[0]), Check.SOON);
        if (swap == 100) {
          filesBefore = openFilesOnce(1);
        }
      }
      long files = filesBefore;
      assertEquals(filesBefore, openFilesOnce(filesBefore));
      stop.set(true);
      user.join();
      assertTrue(files > 0 || !Files.exists(Path.of("/proc/self/fd")));
    }
    assertEquals(List.of(), List.copyOf(problems));
    assertTrue(answers.get() > 100, answers + " answers");
    Check.eventually(() -> Check.entries(directory.resolve("work")) == 0, "all files gone");
  }

  /** Open files, as soon as only one model's are left; 0 where the system does not say. */
  private long openFilesOnce(long expected) throws Exception {
    Check.eventually(() -> Check.entries(directory.resolve("work")) == 1, "one model's files");
    Check.eventually(() -> expected <= 1 || openFiles() <= expected, "as many files as before");
    return openFiles();
  }

  private static long openFiles() {
    try (Stream<Path> list = Files.list(Path.of("/proc/self/fd"))) {
      return list.count();
    } catch (IOException e) {
      return 0;
    }
  }
}
