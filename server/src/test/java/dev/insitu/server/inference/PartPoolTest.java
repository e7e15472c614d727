package dev.insitu.server.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.runtime.GraphRun;
import dev.insitu.runtime.Optimisation;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartPoolTest {

  private static final Digest MANIFEST = Digest.parse("ab".repeat(32));
  private static final ValueSpec X =
      new ValueSpec("x", ElementType.FLOAT32.onnx(), List.of(-1L, 8L), true);
  private static final ValueSpec Y =
      new ValueSpec("y", ElementType.FLOAT32.onnx(), List.of(-1L, 8L), true);

  @TempDir private Path directory;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger opened = new AtomicInteger();
  private Path model;
  private PartPool pool;

  @BeforeEach
  void start() throws IOException {
    model = TestModels.product(directory.resolve("m.onnx"));
    pool =
        new PartPool(
            InferenceOptions.defaults().withMemoryBytes(100).withBatches(4, Duration.ofMillis(1)),
            threads,
            threads,
            System::nanoTime);
  }

  @AfterEach
  void stop() {
    pool.close();
    threads.close();
  }

  private OpenPart open() {
    opened.incrementAndGet();
    return new OpenPart(List.of(X), List.of(X), List.of(Y), GraphRun.open(model, Optimisation.ALL));
  }

  private PartPool.Lease lease(int from, long memory) throws IOException, InterruptedException {
    return pool.lease(new PartKey(MANIFEST, from, 9), "m", memory, this::open);
  }

  private static void use(PartPool.Lease lease) {
    assertEquals(
        1, lease.run(Map.of("x", Tensor.zeros(ElementType.FLOAT32, 1, 8))).outputs().size());
  }

  @Test
  void theOneUsedLongestAgoGoesFirstAndNeverOneInUse() throws Exception {
    lease(0, 40).close();
    lease(1, 40).close();
    lease(0, 40).close();
    assertEquals(2, opened.get());
    lease(2, 40).close(); // instead of 1
    lease(0, 40).close();
    assertEquals(3, opened.get());
    try (PartPool.Lease held = lease(0, 40)) {
      try (PartPool.Lease large = lease(3, 60)) {
        use(held);
        use(large);
        RefusedException busy = assertThrows(RefusedException.class, () -> lease(4, 10));
        assertEquals(RefusedException.Reason.BUSY, busy.reason());
      }
      lease(4, 60).close();
      use(held);
    }
    assertEquals(100, pool.bytes());
    assertEquals(2, pool.size());
  }

  @Test
  void whatWouldNeverFitIsRefusedAtOnce() throws Exception {
    lease(0, 100).close();
    RefusedException refused = assertThrows(RefusedException.class, () -> lease(1, 101));
    assertEquals(RefusedException.Reason.TOO_LARGE, refused.reason());
    assertEquals(1, pool.size(), "nothing went for it");
  }

  @Test
  void manyWhoComeAtOnceOpenItOnce() throws Exception {
    CountDownLatch all = new CountDownLatch(1);
    List<Future<?>> callers = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      callers.add(
          threads.submit(() -> {
            all.await();
            try (PartPool.Lease lease = lease(0, 50)) {
              use(lease);
            }
            return true;
          }));
    }
    all.countDown();
    for (Future<?> caller : callers) {
      caller.get();
    }
    assertEquals(1, opened.get());
    assertEquals(16, pool.requests());
  }

  @Test
  void whatCouldNotBeOpenedIsTriedAgain() throws Exception {
    Callable<OpenPart> broken =
        () -> {
          throw new IOException("no chunk");
        };
    PartKey key = new PartKey(MANIFEST, 0, 1);
    assertThrows(IOException.class, () -> pool.lease(key, "m", 60, broken));
    assertEquals(0, pool.bytes());
    pool.lease(key, "m", 60, this::open).close();
    assertEquals(60, pool.bytes());
  }

  @Test
  void afterClosingNothingIsLentAndWhatIsLentStillRuns() throws Exception {
    PartPool.Lease held = lease(0, 50);
    pool.close();
    use(held);
    held.close();
    RefusedException refused = assertThrows(RefusedException.class, () -> lease(0, 50));
    assertEquals(RefusedException.Reason.STOPPING, refused.reason());
  }
}
