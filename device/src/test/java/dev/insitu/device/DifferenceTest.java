package dev.insitu.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.device.DeviceException.Reason;
import dev.insitu.device.ModelState.Downloaded;
import dev.insitu.device.ModelState.Failed;
import dev.insitu.device.ModelState.UpToDate;
import dev.insitu.elastic.Block;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.elastic.VersionDifference;
import dev.insitu.elastic.VersionDifference.DifferenceChunk;
import dev.insitu.elastic.codec.DifferenceCodec;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Updates that come as differences: exact, chained, resumable, and refused when they do not give
 * the reference.
 */
@Timeout(60)
class DifferenceTest {

  private static final int N = 64;
  private static final TestPackage FIRST = TestPackage.random("chain", "1.0", 6, N, 11);
  private static final TestPackage SECOND = nudged(FIRST, "1.1", 2, 21, false);
  private static final TestPackage THIRD = nudged(SECOND, "1.2", 3, 22, false);

  @TempDir Path directory;
  private FaultServer server;

  /** A version whose layers from one on are slightly others, with the difference from its base. */
  static TestPackage nudged(
      TestPackage base, String version, int fromLayer, long seed, boolean wrong) {
    Random random = new Random(seed);
    List<float[]> next = new ArrayList<>(base.weights.subList(0, fromLayer));
    List<Block> blocks = new ArrayList<>();
    List<ByteBuffer> newer = new ArrayList<>();
    List<ByteBuffer> older = new ArrayList<>();
    for (int layer = fromLayer; layer < base.layers; layer++) {
      float[] changed = base.weights.get(layer).clone();
      for (int i = 0; i < changed.length; i++) {
        changed[i] *= 1 + 1e-6f * random.nextInt(4);
      }
      next.add(changed);
      blocks.add(base.manifest.blocks().block(layer));
      newer.add(ByteBuffer.wrap(TestPackage.bytes(changed)));
      older.add(ByteBuffer.wrap(TestPackage.bytes(base.weights.get(layer))));
    }
    if (wrong) {
      newer.get(0).put(100, (byte) (newer.get(0).get(100) ^ 1));
    }
    byte[] chunk = DifferenceCodec.encode(blocks, newer, older, 3);
    Digest digest = Digest.sha256(chunk);
    VersionDifference difference =
        new VersionDifference(
            base.digest(),
            IntStream.range(0, base.layers).boxed().toList(),
            List.of(new DifferenceChunk(digest, chunk.length, fromLayer, base.layers)));
    Map<Digest, byte[]> chunks = new HashMap<>();
    chunks.put(digest, chunk);
    return base.with(version, next, List.of(difference), chunks);
  }

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
    return Insitu.open(
        DeviceOptions.builder(directory, server.uri(), Trust.anybody())
            .rollbackWindow(Duration.ZERO)
            .build());
  }

  private static void assertAnswers(TestPackage expected, Model model) {
    float[] input = new float[N];
    java.util.Arrays.fill(input, 0.5f);
    float[] got =
        model.run(Map.of("v0", Tensor.of(input, 1, N))).get("v" + expected.layers).floats();
    float[] want = expected.answer(input);
    for (int i = 0; i < N; i++) {
      assertEquals(want[i], got[i], 1e-4, "element " + i);
    }
  }

  private static ModelState done(Model model) throws Exception {
    return model.whenDone().get(30, TimeUnit.SECONDS);
  }

  @Test
  void differencesAreTakenOneAfterAnother() throws Exception {
    try (Insitu insitu = open()) {
      Model model = insitu.model("chain");
      done(model.pull());
      server.publish(SECOND);
      long before = model.counters().received();
      assertInstanceOf(UpToDate.class, done(model.pull()));
      assertAnswers(SECOND, model);
      long bytes = model.counters().received() - before;
      assertTrue(bytes < SECOND.chunk(2).length * 3L, bytes + " bytes");
      server.publish(THIRD);
      assertInstanceOf(UpToDate.class, done(model.pull()));
      assertAnswers(THIRD, model);
      assertEquals(3, server.ranges().size());
      assertInstanceOf(UpToDate.class, done(model.pull()));
      assertEquals(3, server.ranges().size());
    }
    server.close();
    try (Insitu insitu = open()) {
      Model model = insitu.model("chain");
      assertInstanceOf(Downloaded.class, model.state());
      assertAnswers(THIRD, model);
      assertTrue(model.rollBack());
      assertAnswers(SECOND, model);
    }
    try (Insitu insitu = open()) {
      assertAnswers(SECOND, insitu.model("chain"));
    }
  }

  @Test
  void aChunkVersionAfterADifferenceFetchesWhatIsMissing() throws Exception {
    TestPackage other = SECOND.changed("2.0", 4, 77);
    try (Insitu insitu = open()) {
      Model model = insitu.model("chain");
      done(model.pull());
      server.publish(SECOND);
      done(model.pull());
      server.publish(other);
      assertInstanceOf(UpToDate.class, done(model.pull()));
      assertAnswers(other, model);
    }
  }

  @Test
  void aDifferenceThatIsCutGoesOn() throws Exception {
    try (Insitu insitu = open()) {
      Model model = insitu.model("chain");
      done(model.pull());
      server.publish(SECOND);
      server.onContent(new FaultServer.Fault.CutAfter(3000), new FaultServer.Fault.CutAfter(1000));
      long before = model.counters().received();
      assertInstanceOf(UpToDate.class, done(model.pull()));
      assertAnswers(SECOND, model);
      assertEquals(model.progress().totalBytes(), model.counters().received() - before);
    }
  }

  @Test
  void aServerRestartedDuringADifferenceIsAskedForItAgain() throws Exception {
    try (Insitu insitu = open()) {
      Model model = insitu.model("chain");
      done(model.pull());
      server.publish(SECOND);
      server.onContent(
          new FaultServer.Fault.CutAfter(3000), new FaultServer.Fault.Status(404, "X: y"));
      long before = model.counters().useful();
      assertInstanceOf(UpToDate.class, done(model.pull()));
      assertAnswers(SECOND, model);
      assertEquals(model.progress().totalBytes(), model.counters().useful() - before);
    }
  }

  @Test
  void aDifferenceThatDoesNotGiveTheReferenceIsRefused() throws Exception {
    try (Insitu insitu = open()) {
      Model model = insitu.model("chain");
      done(model.pull());
      server.publish(nudged(FIRST, "1.1", 2, 21, true));
      Failed failed = assertInstanceOf(Failed.class, done(model.pull()));
      assertEquals(Reason.UNUSABLE, failed.reason());
      assertAnswers(FIRST, model);
      server.publish(SECOND);
      assertInstanceOf(UpToDate.class, done(model.pull()));
      assertAnswers(SECOND, model);
    }
  }
}
