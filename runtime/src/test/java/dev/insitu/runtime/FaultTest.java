package dev.insitu.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import dev.insitu.elastic.ChunkSource;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import dev.insitu.runtime.InferenceException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damage, full disks and other trouble: named, and nothing that worked is lost. */
class FaultTest {

  @TempDir Path directory;
  private final List<Integer> bad = new CopyOnWriteArrayList<>();
  private final List<InferenceException> failures = new CopyOnWriteArrayList<>();

  private final RuntimeListener listener =
      new RuntimeListener() {
        @Override
        public void onBadChunk(int chunk, Throwable problem) {
          bad.add(chunk);
        }

        @Override
        public void onBuildFailed(InferenceException problem) {
          failures.add(problem);
        }
      };

  private RuntimeOptions.Builder options() {
    return RuntimeOptions.builder()
        .streaming(Optimisation.BASIC)
        .fusePolicy(FusePolicy.NEVER)
        .listener(listener);
  }

  private static int chunkOf(Manifest manifest, int segment, int group) {
    PackageIndex index = new PackageIndex(manifest);
    for (int chunk = 0; chunk < manifest.chunks().size(); chunk++) {
      boolean touches = java.util.Arrays.binarySearch(index.partsOf(chunk), segment) >= 0;
      if (touches && manifest.chunks().get(chunk).group() == group) {
        return chunk;
      }
    }
    throw new IllegalArgumentException("no such chunk");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBadPlaneChunkIsReportedAndTheRestIsUsed(boolean small) throws Exception {
    TestPackage pack = TestPackage.of("skip", 51);
    Manifest manifest = pack.manifest();
    SubModel whole = SubModel.whole(manifest);
    int broken = chunkOf(manifest, 4, 4);
    byte[] good = pack.replace(broken, new byte[] {1, 7, 7});
    Map<String, Tensor> inputs = pack.inputs(2, 1);
    try (ProgressiveModel model =
        new ProgressiveModel(
            manifest,
            pack,
            directory.resolve("work"),
            options().freeSegmentsAfterUse(small).build())) {
      model.expect(whole, whole); // the starter waits for it too
      whole.indices().forEach(model::arrived);
      Check.get(model.whenRunnable());
      Check.eventually(() -> bad.contains(broken), "reported");
      assertEquals(5, model.runnableSegments());
      assertTrue(model.run(inputs).containsKey("logits"));
      Check.eventually(() -> model.groupOf(4) == 3, "everything below the bad chunk is used");
      assertFalse(model.whenComplete().isDone());
      assertFalse(model.active().contains(broken));

      pack.replace(broken, good);
      model.arrived(broken);
      assertEquals(whole, Check.get(model.whenComplete()));
      Check.near(pack.original(directory, Optimisation.BASIC, inputs), model.run(inputs), 1e-5);
    }
    assertEquals(List.of(), failures);
  }

  @Test
  void memoryThatRunsOutIsToldAndWithMoreItGoesOn() throws Exception {
    TestPackage pack = TestPackage.of("skip", 58);
    Manifest manifest = pack.manifest();
    SubModel whole = SubModel.whole(manifest);
    int[] sizes = {Integer.MAX_VALUE, 1};
    int[] reads = {0};
    ChunkSource greedy =
        (digest, size) -> {
          long[] needed = new long[sizes[Math.min(reads[0]++, 1)]];
          assertTrue(needed.length > 0);
          return pack.read(digest, size);
        };
    try (ProgressiveModel model =
        new ProgressiveModel(manifest, greedy, directory.resolve("work"), options().build())) {
      model.expect(whole, whole);
      whole.indices().forEach(model::arrived);
      Check.eventually(() -> !failures.isEmpty(), "reported");
      assertEquals(Reason.MEMORY, failures.get(0).reason());
      model.retry();
      assertEquals(whole, Check.get(model.whenComplete()));
    }
  }

  @Test
  void whoeverExpectsSomethingAfterAFailureHearsOfIt() throws Exception {
    TestPackage pack = TestPackage.of("skip", 59);
    SubModel whole = SubModel.whole(pack.manifest());
    AtomicBoolean full = new AtomicBoolean(true);
    ChunkSource source =
        (digest, size) -> {
          if (full.get()) {
            throw new IOException("no room");
          }
          return pack.read(digest, size);
        };
    try (ProgressiveModel model =
        new ProgressiveModel(
            pack.manifest(), source, directory.resolve("work"), options().build())) {
      model.expect(whole, whole);
      whole.indices().forEach(model::arrived);
      Check.eventually(() -> model.whenComplete().isCompletedExceptionally(), "given up");
      full.set(false);
      model.expect(whole, whole);
      assertEquals(whole, Check.get(model.whenComplete()));
    }
  }

  @Test
  void theEnginesWordsForMemoryThatRanOutAreKnown() {
    for (String words :
        List.of("Failed to allocate memory for requested buffer", "std::bad_alloc")) {
      assertEquals(Reason.MEMORY, Engine.failure("It", new OrtException(words)).reason(), words);
    }
    assertEquals(Reason.ENGINE, Engine.failure("It", new OrtException("Bad shape")).reason());
  }

  @Test
  void aBadBaseChunkFailsTheInferencesThatNeedIt() throws Exception {
    TestPackage pack = TestPackage.of("skip", 52);
    Manifest manifest = pack.manifest();
    SubModel whole = SubModel.whole(manifest);
    int broken = chunkOf(manifest, 4, 0);
    byte[] good = pack.replace(broken, new byte[0]);
    try (ProgressiveModel model =
        new ProgressiveModel(manifest, pack, directory, options().build())) {
      model.expect(whole, whole);
      CompletableFuture<Map<String, Tensor>> waiting =
          Check.start(() -> model.run(pack.inputs(1, 1)));
      whole.indices().forEach(model::arrived);
      ExecutionException failed = assertThrows(ExecutionException.class, () -> Check.get(waiting));
      InferenceException reason = assertInstanceOf(InferenceException.class, failed.getCause());
      assertEquals(Reason.MODEL, reason.reason());
      assertTrue(reason.getMessage().contains("its chunk " + broken), reason.getMessage());
      assertThrows(ExecutionException.class, () -> Check.get(model.whenRunnable()));

      pack.replace(broken, good);
      model.arrived(broken);
      Check.eventually(() -> model.runnableSegments() == 5, "repaired");
      Check.get(model.whenComplete());
      Check.get(model.whenRunnable());
      assertEquals(2, model.run(pack.inputs(1, 1)).size());
    }
  }

  @Test
  void aChunkThatCannotBeReadIsTriedAgain() throws Exception {
    TestPackage pack = TestPackage.of("skip", 53);
    SubModel whole = SubModel.whole(pack.manifest());
    byte[] bytes = pack.replace(5, null);
    try (ProgressiveModel model =
        new ProgressiveModel(pack.manifest(), pack, directory, options().build())) {
      model.expect(whole, whole);
      whole.indices().forEach(model::arrived);
      Check.eventually(() -> !failures.isEmpty(), "reported");
      assertEquals(Reason.STORAGE, failures.get(0).reason());
      pack.replace(5, bytes);
      model.retry();
      assertEquals(whole, Check.get(model.whenComplete()));
    }
    assertEquals(List.of(), bad);
  }

  @Test
  void aFullDiskFailsTheRefinementAndTheOldSessionsServe() throws Exception {
    Path mount = Files.createDirectory(directory.resolve("small"));
    Assumptions.assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=2600k", "tmpfs", mount.toString()),
        "skipped: file systems cannot be mounted here");
    try {
      refineOnAFullDisk(mount);
    } finally {
      assertTrue(run("umount", mount.toString()));
    }
  }

  private void refineOnAFullDisk(Path mount) throws Exception {
    TestPackage pack = TestPackage.of("wide", 54); // 2.3 MB of weights
    Manifest manifest = pack.manifest();
    SubModel base = SubModel.of(manifest, 3, 0);
    SubModel better = SubModel.of(manifest, 3, 4);
    Map<String, Tensor> inputs = pack.inputs(1, 1);
    try (ProgressiveModel model = new ProgressiveModel(manifest, pack, mount, options().build())) {
      model.expect(base, base);
      base.indices().forEach(model::arrived);
      Check.get(model.whenComplete());
      Map<String, Tensor> before = model.run(inputs);
      model.expect(base, better);
      better.indices().forEach(model::arrived);
      Check.eventually(() -> !failures.isEmpty(), "the disk is full");
      InferenceException full = failures.get(0);
      assertEquals(Reason.STORAGE, full.reason());
      assertTrue(full.getMessage().contains("No space left"), full.getMessage());
      assertTrue(full.getMessage().contains("Maybe make room for"), full.getMessage());
      assertEquals(before, model.run(inputs));

      assertTrue(run("mount", "-o", "remount,size=20m", mount.toString()));
      model.retry();
      assertEquals(better, Check.get(model.whenComplete()));
      assertFalse(before.equals(model.run(inputs)));
    }
    Check.eventually(() -> Check.entries(mount) == 0, "all files gone");
  }

  @Test
  void aLostDirectoryFailsTheCandidateWithItsName() throws Exception {
    TestPackage pack = TestPackage.of("skip", 55);
    SubModel whole = SubModel.whole(pack.manifest());
    try (ProgressiveModel model =
        new ProgressiveModel(pack.manifest(), pack, directory, options().build())) {
      try (var children = Files.list(directory)) {
        for (Path child : children.filter(Files::isDirectory).toList()) {
          WorkDirectory.deleteTree(child);
        }
      }
      model.expect(whole, whole);
      whole.indices().forEach(model::arrived);
      ExecutionException failed =
          assertThrows(ExecutionException.class, () -> Check.get(model.whenRunnable()));
      assertEquals(Reason.STORAGE, ((InferenceException) failed.getCause()).reason());
    }
  }

  @Test
  void aListenerThatThrowsChangesNothing() throws Exception {
    TestPackage pack = TestPackage.of("skip", 56);
    SubModel whole = SubModel.whole(pack.manifest());
    List<Throwable> uncaught = new CopyOnWriteArrayList<>();
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, problem) -> uncaught.add(problem));
    RuntimeListener broken =
        new RuntimeListener() {
          @Override
          public void onSegmentReady(int segment, int group) {
            throw new IllegalStateException("listener");
          }
        };
    try (ProgressiveModel model =
        new ProgressiveModel(
            pack.manifest(), pack, directory, RuntimeOptions.builder().listener(broken).build())) {
      model.expect(whole, whole);
      whole.indices().forEach(model::arrived);
      assertEquals(whole, Check.get(model.whenComplete()));
      assertEquals(5, uncaught.size());
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  private static boolean run(String... command) throws Exception {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (java.io.IOException e) {
      return false; // no such command
    }
  }
}
