package dev.insitu.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.device.DeviceException.Reason;
import dev.insitu.device.ModelState.Downloaded;
import dev.insitu.device.ModelState.Failed;
import dev.insitu.device.ModelState.UpToDate;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.runtime.HealthCheck;
import dev.insitu.runtime.InferenceException;
import dev.insitu.runtime.ProgressiveModel;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Devices that have less memory than they say. */
class LittleMemoryTest extends PullTest {

  private static final TestPackage FIRST = TestPackage.random("chain", "1.0", 4, N, 51);
  private static final Situation LIAR =
      Situation.UNKNOWN.withDevice(
          Situation.UNKNOWN.device().withSpace(OptionalLong.empty(), OptionalLong.of(1L << 50)));

  private final List<Situation> asked = new CopyOnWriteArrayList<>();

  @Override
  PackageFile publish() throws IOException {
    return publish(FIRST);
  }

  private PackageFile publish(TestPackage model) throws IOException {
    return server.publish(model, List.of(), Optional.empty(), List.of(), List.of(0.25, 0.5));
  }

  /** A device on which opening some models takes more memory than there is. */
  private Insitu open(Predicate<ProgressiveModel> tooLarge) throws IOException {
    HealthCheck check =
        candidate -> {
          long[] needed = new long[tooLarge.test(candidate) ? Integer.MAX_VALUE : 1];
          return needed.length > 0 ? Optional.empty() : Optional.of("nothing");
        };
    return Insitu.open(options(server.port()).healthCheck(check).build());
  }

  @Override
  DeviceOptions.Builder options(int port) {
    return super.options(port).transport(new HearingTransport(asked));
  }

  private static float[] answer(Model model) {
    return model.run(inputs()).get("v4").floats();
  }

  private static void assertFirstServes(Model model) {
    assertEquals(Optional.of("1.0"), model.version());
    assertNear(FIRST.answer(input()), answer(model), 1e-3);
  }

  @Test
  void whatTakesTooMuchIsPlannedAgainSmaller() throws Exception {
    try (Insitu insitu = open(candidate -> candidate.manifest().isWhole())) {
      Model model = insitu.model("chain").pull(LIAR);
      assertInstanceOf(UpToDate.class, done(model));
      assertFirstServes(model);
      asked.clear();
      try (PackageFile next = publish(TestPackage.random("chain", "1.1", 4, N, 52))) {
        assertInstanceOf(UpToDate.class, done(model.pull(LIAR)));
        assertEquals(Optional.of(next.manifest().header().version()), model.version());
      }
      assertEquals(N, answer(model).length);
      assertEquals(2, asked.size());
      long weights = 4L * 4 * N * N;
      assertTrue(asked.get(1).device().memoryBytes().getAsLong() < weights, asked.toString());
    }
  }

  @Test
  void itIsRevisedOnceAndTheOldModelStays() throws Exception {
    try (Insitu insitu = open(candidate -> true)) {
      Model model = insitu.model("chain").pull(LIAR);
      assertInstanceOf(UpToDate.class, done(model));
      asked.clear();
      try (PackageFile next = publish(TestPackage.random("chain", "1.1", 4, N, 52))) {
        Failed failed = assertInstanceOf(Failed.class, done(model.pull(LIAR)));
        assertEquals(Reason.OUT_OF_MEMORY, failed.reason());
        assertTrue(failed.message().contains("enough memory"), failed.message());
        assertEquals(2, asked.size());
        assertFirstServes(model);
        assertTrue(next.manifest().chunkBytes() > 0);
      }
    }
    try (Insitu insitu = open(candidate -> false)) {
      Model model = insitu.model("chain");
      assertFirstServes(model);
      ModelState state = done(model.pull(LIAR));
      assertEquals(Optional.of("1.1"), model.version(), "it was refused for good: " + state);
    }
  }

  /** A device on which at times there is not even memory for a chunk. */
  private Insitu open(BooleanSupplier starved) throws IOException {
    StoreGate gate =
        new StoreGate() {
          @Override
          public int allow(int bytes) {
            return bytes;
          }

          @Override
          public void read(int bytes) {
            long[] needed = new long[starved.getAsBoolean() ? Integer.MAX_VALUE : 1];
            assertTrue(needed.length > 0);
          }
        };
    return Insitu.open(options(server.port()).build(), gate);
  }

  @Test
  void aFirstModelThatTakesTooMuchIsPlannedAgainSmaller() throws Exception {
    try (Insitu insitu = open(() -> asked.size() < 2)) {
      Model model = insitu.model("chain").pull(LIAR);
      assertInstanceOf(UpToDate.class, done(model), () -> model.state().toString());
      assertEquals(2, asked.size());
      long weights = 4L * 4 * N * N;
      assertTrue(asked.get(1).device().memoryBytes().getAsLong() < weights, asked.toString());
      assertEquals(N, answer(model).length);
      assertEquals(0, model.counters().repeated(), "what was here was fetched again");
    }
  }

  @Test
  void aFirstModelIsRevisedOnceAndGoesOnWhenThereIsMemory() throws Exception {
    AtomicBoolean starved = new AtomicBoolean(true);
    try (Insitu insitu = open(starved::get)) {
      Model model = insitu.model("chain").pull(LIAR);
      Failed failed = assertInstanceOf(Failed.class, done(model));
      assertEquals(Reason.OUT_OF_MEMORY, failed.reason());
      assertEquals(2, asked.size());
      InferenceException none = assertThrows(InferenceException.class, () -> answer(model));
      assertEquals(InferenceException.Reason.MEMORY, none.reason());
      starved.set(false);
      assertInstanceOf(Downloaded.class, done(model.pull(LIAR)), () -> model.state().toString());
      assertEquals(N, answer(model).length);
      assertEquals(2, asked.size(), "the plan was here");
    }
  }

  @Test
  void wishesAreNotRevised() throws Exception {
    try (Insitu insitu = open(candidate -> true)) {
      Model model = insitu.model("chain").pull();
      assertInstanceOf(UpToDate.class, done(model));
      try (PackageFile next = publish(TestPackage.random("chain", "1.1", 4, N, 52))) {
        Failed failed = assertInstanceOf(Failed.class, done(model.pull()));
        assertEquals(Reason.OUT_OF_MEMORY, failed.reason());
        assertFirstServes(model);
        assertEquals(List.of(), asked);
        assertTrue(next.manifest().chunkBytes() > 0);
      }
    }
  }
}
