package dev.insitu.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.ExitPolicy;
import dev.insitu.elastic.plan.ExitPolicy.Measure;
import dev.insitu.elastic.plan.Sureness;
import dev.insitu.runtime.InferenceException.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Models that answer at exits. */
class ExitTest {

  private static final double NEAR = 1e-4;

  @TempDir Path directory;
  private final List<Path> works = new ArrayList<>();

  /** The builder's thread deletes its files after the model was closed. */
  @AfterEach
  void waitForTheFilesToGo() throws Exception {
    Check.eventually(() -> works.stream().allMatch(work -> Check.entries(work) == 0), "files gone");
  }

  private ProgressiveModel model(TestPackage pack, RuntimeOptions.Builder options)
      throws Exception {
    Path work = Files.createTempDirectory(directory, "work");
    works.add(work);
    return new ProgressiveModel(pack.manifest(), pack, work, options.build());
  }

  private Map<String, Tensor> exit(TestPackage pack, int exit, Map<String, Tensor> inputs)
      throws Exception {
    return Map.of("y", pack.exit(Files.createTempDirectory(directory, "original"), exit, inputs));
  }

  private static SubModel lossless(TestPackage pack, int depth) {
    return SubModel.of(pack.manifest(), depth, pack.manifest().losslessGroup());
  }

  private static void arrive(ProgressiveModel model, SubModel chunks) {
    chunks.indices().forEach(model::arrived);
  }

  @ParameterizedTest
  @EnumSource(FusePolicy.class)
  void aModelOfLessDepthAnswersAtItsExitWithTheModelsOutputs(FusePolicy fuse) throws Exception {
    TestPackage pack = TestPackage.withExits(40);
    Map<String, Tensor> inputs = pack.inputs(3, 1);
    for (int exit = 0; exit < 2; exit++) {
      int depth = exit + 1;
      SubModel target = lossless(pack, depth);
      try (ProgressiveModel model = model(pack, RuntimeOptions.builder().fusePolicy(fuse))) {
        model.expect(SubModel.of(pack.manifest(), depth, 0), target, depth);
        assertFalse(model.canAnswer());
        arrive(model, target);
        Check.get(model.whenRunnable());
        assertTrue(Check.get(model.whenComplete()).includes(target));
        assertFalse(Check.get(model.whenFused()).used());
        Answer answer = model.answer(inputs, ExitPolicy.NONE);
        assertEquals(depth, answer.depth());
        assertEquals(OptionalInt.of(exit), answer.exit());
        Check.near(exit(pack, exit, inputs), answer.outputs(), NEAR);
        Check.near(answer.outputs(), model.run(inputs), 0);
        assertEquals(depth, model.depth());
        assertEquals(depth, model.answeringDepth());
        assertTrue(model.canAnswer());
      }
    }
  }

  @Test
  void chunkByChunkOnlyWhatRunsIsMadeBetter() throws Exception {
    TestPackage pack = TestPackage.withExits(40);
    ScheduledExecutorService builder = Executors.newSingleThreadScheduledExecutor();
    List<InferenceException> failures = new CopyOnWriteArrayList<>();
    RuntimeListener listener =
        new RuntimeListener() {
          @Override
          public void onBuildFailed(InferenceException problem) {
            failures.add(problem);
          }
        };
    try {
      for (int depth = 1; depth <= 3; depth++) {
        SubModel target = depth < 3 ? lossless(pack, depth) : SubModel.whole(pack.manifest());
        RuntimeOptions.Builder options =
            RuntimeOptions.builder()
                .builderExecutor(builder)
                .maxBuildShare(1)
                .fusePolicy(FusePolicy.NEVER)
                .listener(listener);
        try (ProgressiveModel model = model(pack, options)) {
          model.expect(SubModel.of(pack.manifest(), depth, 0), target, depth);
          for (int chunk : target.indices().toArray()) {
            model.arrived(chunk);
            for (int slice = 0; slice < 4; slice++) {
              builder.submit(() -> {}).get(); // the builder has looked at it
            }
          }
          assertTrue(Check.get(model.whenComplete()).includes(target));
        }
      }
      assertEquals(List.of(), failures);
    } finally {
      builder.shutdown();
    }
  }

  @Test
  void aModelWithMemoryForOneSegmentAnswersAtItsExitToo() throws Exception {
    TestPackage pack = TestPackage.withExits(41);
    Map<String, Tensor> inputs = pack.inputs(1, 1);
    SubModel target = lossless(pack, 2);
    try (ProgressiveModel model =
        model(pack, RuntimeOptions.builder().freeSegmentsAfterUse(true))) {
      model.expect(target, target, 2);
      arrive(model, target);
      Check.get(model.whenComplete());
      Check.near(exit(pack, 1, inputs), model.run(inputs), NEAR);
    }
  }

  @Test
  void theExitAnswersUntilTheGreaterDepthCan() throws Exception {
    TestPackage pack = TestPackage.withExits(42);
    Manifest manifest = pack.manifest();
    Map<String, Tensor> inputs = pack.inputs(1, 1);
    // joined, if that is faster, with the numbers that the segments have
    RuntimeOptions.Builder options = RuntimeOptions.builder().fused(Optimisation.BASIC);
    try (ProgressiveModel model = model(pack, options)) {
      SubModel shallow = lossless(pack, 1);
      model.expect(shallow, shallow, 1);
      arrive(model, shallow);
      Check.get(model.whenComplete());
      SubModel whole = SubModel.whole(manifest);
      model.expect(whole, whole);
      assertTrue(model.answer(inputs, ExitPolicy.NONE).exit().isPresent());
      arrive(model, lossless(pack, 2));
      Check.eventually(() -> model.answeringDepth() == 2, "the second exit");
      assertEquals(OptionalInt.of(1), model.answer(inputs, ExitPolicy.NONE).exit());
      arrive(model, whole);
      assertEquals(whole, Check.get(model.whenComplete()));
      Answer answer = model.answer(inputs, ExitPolicy.NONE);
      assertEquals(OptionalInt.empty(), answer.exit());
      assertEquals(manifest.segments().size(), answer.depth());
      Path original = Files.createTempDirectory(directory, "original");
      Check.near(pack.original(original, Optimisation.BASIC, inputs), answer.outputs(), NEAR);
    }
  }

  @Test
  void withTheOptionTheDeepestExitAnswersWhileTheRestArrives() throws Exception {
    TestPackage pack = TestPackage.withExits(43);
    Map<String, Tensor> inputs = pack.inputs(1, 1);
    SubModel whole = SubModel.whole(pack.manifest());
    List<Integer> ready = new CopyOnWriteArrayList<>();
    RuntimeListener listener =
        new RuntimeListener() {
          @Override
          public void onExitReady(int exit, int group) {
            ready.add(exit);
          }
        };
    RuntimeOptions.Builder options =
        RuntimeOptions.builder().answerFromExits(true).listener(listener);
    try (ProgressiveModel model = model(pack, options)) {
      model.expect(SubModel.of(pack.manifest(), 3, 0), whole);
      CompletableFuture<Answer> first = Check.start(() -> model.answer(inputs, ExitPolicy.NONE));
      arrive(model, SubModel.ofSegments(pack.manifest(), 2, 0));
      Check.eventually(() -> model.runnableSegments() == 2, "two segments");
      assertEquals(0, model.answeringDepth());
      assertFalse(first.isDone());
      arrive(model, SubModel.of(pack.manifest(), 1, 0));
      assertTrue(Check.get(first).exit().isPresent());
      Check.eventually(() -> ready.contains(0), "the first exit is told of");
      arrive(model, whole);
      Check.get(model.whenComplete());
      assertEquals(OptionalInt.empty(), model.answer(inputs, ExitPolicy.NONE).exit());
    }
  }

  @Test
  void withoutTheOptionAnInferenceWaitsForItsDepth() throws Exception {
    TestPackage pack = TestPackage.withExits(44);
    Map<String, Tensor> inputs = pack.inputs(1, 1);
    try (ProgressiveModel model = model(pack, RuntimeOptions.builder())) {
      SubModel whole = SubModel.whole(pack.manifest());
      model.expect(whole, whole);
      arrive(model, lossless(pack, 2));
      Check.eventually(() -> model.answeringDepth() == 2, "the second exit");
      assertFalse(model.canAnswer());
      InferenceException late =
          assertThrows(InferenceException.class, () -> model.run(inputs, Duration.ofMillis(50)));
      assertEquals(Reason.TIMEOUT, late.reason());
    }
  }

  @Test
  void whoIsSureAnswersEarlyIfAllSamplesAre() throws Exception {
    TestPackage pack = TestPackage.withExits(45);
    SubModel whole = SubModel.whole(pack.manifest());
    try (ProgressiveModel model = model(pack, RuntimeOptions.builder())) {
      model.expect(whole, whole);
      arrive(model, whole);
      Check.get(model.whenComplete());
      Check.get(model.whenFused());
      for (int batch : new int[] {1, 3}) {
        Map<String, Tensor> inputs = pack.inputs(batch, 7);
        double[] least = new double[2];
        for (int exit = 0; exit < 2; exit++) {
          least[exit] = leastSure(exit(pack, exit, inputs).get("y"));
        }
        assertExit(OptionalInt.of(0), pack, model, inputs, least[0] - 0.01, 2);
        assertExit(OptionalInt.of(1), pack, model, inputs, least[0] + 0.01, least[1] - 0.01);
        assertExit(OptionalInt.of(1), pack, model, inputs, 2, least[1] - 0.01);
        assertExit(OptionalInt.empty(), pack, model, inputs, least[0] + 0.01, least[1] + 0.01);
        assertExit(OptionalInt.empty(), pack, model, inputs, 2, 2);
      }
    }
  }

  private static double leastSure(Tensor scores) {
    int classes = (int) scores.shape()[1];
    float[] all = scores.floats();
    double least = 1;
    for (int at = 0; at < all.length; at += classes) {
      float[] one = Arrays.copyOfRange(all, at, at + classes);
      least = Math.min(least, Sureness.of(Measure.CONFIDENCE, one));
    }
    return least;
  }

  private void assertExit(
      OptionalInt expected,
      TestPackage pack,
      ProgressiveModel model,
      Map<String, Tensor> inputs,
      double... thresholds)
      throws Exception {
    double[] possible = Arrays.stream(thresholds).map(t -> t > 1 ? 2 : Math.max(0, t)).toArray();
    Answer answer = model.answer(inputs, ExitPolicy.confidence(possible));
    assertEquals(expected, answer.exit(), Arrays.toString(possible));
    if (expected.isPresent()) {
      Check.near(exit(pack, expected.getAsInt(), inputs), answer.outputs(), NEAR);
    }
  }

  @Test
  void aPolicyOfTheOptionsHoldsForEveryInference() throws Exception {
    TestPackage pack = TestPackage.withExits(46);
    SubModel whole = SubModel.whole(pack.manifest());
    RuntimeOptions.Builder options =
        RuntimeOptions.builder()
            .fusePolicy(FusePolicy.ALWAYS)
            .exitPolicy(ExitPolicy.same(Measure.ENTROPY, 1, 2));
    try (ProgressiveModel model = model(pack, options)) {
      model.expect(whole, whole);
      arrive(model, whole);
      Check.get(model.whenComplete());
      assertFalse(Check.get(model.whenFused()).used(), "segments that answer between stay apart");
      Map<String, Tensor> inputs = pack.inputs(1, 1);
      Check.near(exit(pack, 0, inputs), model.run(inputs), NEAR);
      assertEquals(OptionalInt.empty(), model.answer(inputs, ExitPolicy.NONE).exit());
    }
  }

  @Test
  void aHeadThatComesAfterTheSegmentsWereJoinedIsUsedToo() throws Exception {
    TestPackage pack = TestPackage.withExits(47);
    Map<String, Tensor> inputs = pack.inputs(1, 1);
    SubModel bare = lossless(pack, 3);
    SubModel whole = SubModel.whole(pack.manifest());
    ExitPolicy always = ExitPolicy.same(Measure.CONFIDENCE, 0, 2);
    try (ProgressiveModel model =
        model(pack, RuntimeOptions.builder().fusePolicy(FusePolicy.ALWAYS))) {
      model.expect(bare, bare);
      arrive(model, bare);
      assertTrue(Check.get(model.whenFused()).used());
      BitSet before = new BitSet();
      bare.indices().forEach(before::set);
      boolean shared = SubModel.of(pack.manifest(), 1, 0).indices().allMatch(before::get);
      if (!shared) {
        assertEquals(OptionalInt.empty(), model.answer(inputs, always).exit());
      }
      model.expect(whole, whole);
      arrive(model, whole);
      assertEquals(whole, Check.get(model.whenComplete()));
      assertTrue(model.fused());
      assertEquals(OptionalInt.of(0), model.answer(inputs, always).exit());
      assertEquals(OptionalInt.empty(), model.answer(inputs, ExitPolicy.NONE).exit());
    }
  }

  @Test
  void whatCrossesACutIsTheSameWithAndWithoutExits() throws Exception {
    TestPackage with = TestPackage.withExits(48);
    TestPackage without = TestPackage.of("wide", 48);
    try (ProgressiveModel one = model(with, RuntimeOptions.builder());
        ProgressiveModel other = model(without, RuntimeOptions.builder())) {
      for (int cut = 0; cut <= 3; cut++) {
        assertEquals(other.cut(cut), one.cut(cut));
      }
    }
  }

  @Test
  void aDepthWithoutExitIsRefused() throws Exception {
    TestPackage pack = TestPackage.of("wide", 49);
    try (ProgressiveModel model = model(pack, RuntimeOptions.builder())) {
      SubModel whole = SubModel.whole(pack.manifest());
      assertThrows(IllegalArgumentException.class, () -> model.expect(whole, whole, 1));
    }
  }
}
