package dev.insitu.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RefinementTest {

  @TempDir Path directory;

  /** Stages of a package, each inside the next. */
  private static List<SubModel> stages(Manifest manifest) {
    List<SubModel> stages = new ArrayList<>();
    SubModel last = SubModel.of(manifest, manifest.segments().size(), 0);
    stages.add(last);
    for (int percent = 36; percent <= 100; percent += 16) {
      last = last.union(SubModel.prefix(manifest, manifest.chunks().size() * percent / 100));
      stages.add(last);
    }
    return stages;
  }

  @ParameterizedTest
  @CsvSource({"skip,NEVER,false", "skip,ALWAYS,false", "skip,NEVER,true", "wide,NEVER,false"})
  void everyAnswerDuringRefinementIsThatOfOneStage(String name, FusePolicy fuse, boolean small)
      throws Exception {
    TestPackage pack = TestPackage.shuffled(name, 41);
    List<SubModel> stages = stages(pack.manifest());
    Map<String, Tensor> inputs = pack.inputs(2, 4);
    // After the first exchange nothing is exchanged between stages, so that only the stages'
    // answers are right.
    RuntimeOptions options =
        RuntimeOptions.builder()
            .maxBuildShare(1e-9)
            .streaming(Optimisation.BASIC)
            .fusePolicy(fuse)
            .fused(Optimisation.BASIC)
            .freeSegmentsAfterUse(small)
            .build();
    Queue<Map<String, Tensor>> answers = new ConcurrentLinkedQueue<>();
    Queue<Throwable> problems = new ConcurrentLinkedQueue<>();
    List<Map<String, Tensor>> legal = new ArrayList<>();
    AtomicBoolean stop = new AtomicBoolean();
    try (ProgressiveModel model = new ProgressiveModel(pack.manifest(), pack, directory, options)) {
      List<Thread> users = new ArrayList<>();
      for (SubModel stage : stages) {
        model.expect(stage, stage);
        stage.indices().forEach(model::arrived);
        assertEquals(stage, Check.get(model.whenComplete()));
        Check.get(model.whenFused());
        legal.add(model.run(inputs));
        if (legal.size() == 2) {
          startUsers(users, model, inputs, answers, problems, stop);
        }
        Thread.sleep(20);
      }
      stop.set(true);
      for (Thread user : users) {
        user.join();
      }
    }
    assertEquals(List.of(), List.copyOf(problems));
    assertTrue(answers.size() >= 3);
    for (Map<String, Tensor> answer : answers) {
      assertTrue(legal.contains(answer), "an answer of no stage");
    }
    Check.near(
        pack.original(directory, Optimisation.BASIC, inputs), legal.get(legal.size() - 1), 1e-5);
    assertEquals(stages.size(), legal.stream().distinct().count());
  }

  private static void startUsers(
      List<Thread> users,
      ProgressiveModel model,
      Map<String, Tensor> inputs,
      Queue<Map<String, Tensor>> answers,
      Queue<Throwable> problems,
      AtomicBoolean stop) {
    for (int i = 0; i < 3; i++) {
      Thread user =
          new Thread(() -> {
            try {
              while (!stop.get()) {
                answers.add(model.run(inputs));
              }
            } catch (Throwable e) {
              problems.add(e);
            }
          });
      user.start();
      users.add(user);
    }
  }

  @Test
  void answersComeNearerWithEveryGroup() throws Exception {
    TestPackage pack = TestPackage.of("skip", 42);
    Manifest manifest = pack.manifest();
    SubModel whole = SubModel.whole(manifest);
    Map<String, Tensor> inputs = pack.inputs(4, 5);
    Tensor expected = pack.original(directory, Optimisation.BASIC, inputs).get("logits");
    List<SubModel> refined = new CopyOnWriteArrayList<>();
    RuntimeListener listener =
        new RuntimeListener() {
          @Override
          public void onRefined(SubModel active, long buildNanos) {
            refined.add(active);
          }
        };
    RuntimeOptions options =
        RuntimeOptions.builder()
            .maxBuildShare(1)
            .streaming(Optimisation.BASIC)
            .fusePolicy(FusePolicy.NEVER)
            .listener(listener)
            .build();
    List<Double> errors = new ArrayList<>();
    try (ProgressiveModel model =
        new ProgressiveModel(manifest, pack, directory.resolve("work"), options)) {
      model.expect(SubModel.of(manifest, 5, 0), whole);
      for (int group = 0; group <= manifest.losslessGroup(); group++) {
        for (int chunk : manifest.lattice().chunksOf(group)) {
          model.arrived(chunk);
        }
        int reached = group;
        Check.eventually(
            () -> IntStream.range(0, 5).allMatch(s -> model.groupOf(s) >= reached),
            "group " + group + " in use");
        errors.add(Comparison.relativeDifference(expected, model.run(inputs).get("logits")));
      }
      Check.get(model.whenComplete());
      long files = Check.entries(directory.resolve("work"));
      assertEquals(1, files, "one directory for the model");
    }
    assertTrue(refined.size() >= manifest.levels() / 2, refined.size() + " exchanges");
    for (int i = 1; i < refined.size(); i++) {
      assertTrue(refined.get(i).includes(refined.get(i - 1)), "a step back");
    }
    assertTrue(errors.get(2) > 4 * errors.get(manifest.levels()), errors.toString());
    assertTrue(errors.get(errors.size() - 1) <= 1e-5, errors.toString());
  }

  @ParameterizedTest
  @EnumSource(FusePolicy.class)
  void plansThatChangeAllTheTimeEndWithTheLast(FusePolicy fuse) throws Exception {
    TestPackage pack = TestPackage.shuffled("skip", 46);
    Map<String, Tensor> inputs = pack.inputs(2, 6);
    RuntimeOptions options =
        RuntimeOptions.builder()
            .streaming(Optimisation.BASIC)
            .fusePolicy(fuse)
            .fused(Optimisation.BASIC)
            .build();
    try (ProgressiveModel model =
        new ProgressiveModel(pack.manifest(), pack, directory.resolve("work"), options)) {
      for (SubModel stage : stages(pack.manifest())) {
        model.expect(stage, stage);
        stage.indices().forEach(model::arrived);
        if (stage.size() % 2 == 0) {
          model.run(inputs);
        }
      }
      assertEquals(SubModel.whole(pack.manifest()), Check.get(model.whenComplete()));
      Check.get(model.whenFused());
      Check.near(pack.original(directory, Optimisation.BASIC, inputs), model.run(inputs), 1e-5);
    }
  }

  @Test
  void segmentsAreOptimisedFurtherOverTheSameWeightsOnceAllCanRun() throws Exception {
    TestPackage pack = TestPackage.of("skip", 47);
    SubModel base = SubModel.of(pack.manifest(), 5, 0);
    Map<String, Tensor> inputs = pack.inputs(2, 7);
    Path work = directory.resolve("work");
    RuntimeOptions options = RuntimeOptions.builder().fusePolicy(FusePolicy.NEVER).build();
    try (ProgressiveModel model = new ProgressiveModel(pack.manifest(), pack, work, options)) {
      model.expect(base, SubModel.whole(pack.manifest()));
      base.indices().forEach(model::arrived);
      Check.get(model.whenRunnable());
      Map<String, Tensor> first = model.run(inputs);
      Check.eventually(() -> !model.buildTime().isZero(), "optimised");
      Check.near(first, model.run(inputs), 1e-5);
      assertEquals(base, model.active());
      assertEquals(3, Check.entries(Check.onlyModel(work)), "lock, exact, first generation");
    }
  }

  @Test
  void generationsNobodyUsesAreDeleted() throws Exception {
    TestPackage pack = TestPackage.of("skip", 43);
    RuntimeOptions options = RuntimeOptions.builder().fusePolicy(FusePolicy.NEVER).build();
    try (ProgressiveModel model = new ProgressiveModel(pack.manifest(), pack, directory, options)) {
      for (SubModel stage : stages(pack.manifest())) {
        model.expect(stage, stage);
        stage.indices().forEach(model::arrived);
        Check.get(model.whenComplete());
      }
      Check.get(model.whenFused());
      Path own = Check.onlyModel(directory);
      assertEquals(2, Check.entries(own), "the lock and the exact generation");
    }
    Check.eventually(() -> Check.entries(directory) == 0, "all files gone");
  }

  @Test
  void anUpgradeAfterFusingKeepsOneSessionThroughout() throws Exception {
    TestPackage pack = TestPackage.of("wide", 44);
    Manifest manifest = pack.manifest();
    Map<String, Tensor> inputs = pack.inputs(2, 6);
    SubModel small = SubModel.of(manifest, 3, 4);
    SubModel whole = SubModel.whole(manifest);
    RuntimeOptions options =
        RuntimeOptions.builder().fusePolicy(FusePolicy.ALWAYS).fused(Optimisation.ALL).build();
    try (ProgressiveModel model =
        new ProgressiveModel(manifest, pack, directory.resolve("work"), options)) {
      model.expect(small, small);
      small.indices().forEach(model::arrived);
      assertTrue(Check.get(model.whenFused()).used());
      Map<String, Tensor> before = model.run(inputs);
      model.expect(small, whole);
      int[] missing = whole.missingFrom(small).toArray();
      for (int i = 0; i < missing.length - 1; i++) {
        model.arrived(missing[i]);
      }
      Thread.sleep(50);
      assertTrue(model.fused());
      assertEquals(before, model.run(inputs));
      assertFalse(model.whenComplete().isDone());
      model.arrived(missing[missing.length - 1]);
      assertEquals(whole, Check.get(model.whenComplete()));
      assertTrue(model.fused());
      assertEquals(pack.original(directory, Optimisation.ALL, inputs), model.run(inputs));
    }
  }

  @Test
  void fusingMeasuresOnTheInputsSeenAndRespectsMemory() throws Exception {
    TestPackage pack = TestPackage.of("skip", 45);
    SubModel whole = SubModel.whole(pack.manifest());
    RuntimeOptions measured =
        RuntimeOptions.builder()
            .warmUpInputs(pack.inputs(1, 1))
            .fusePolicy(FusePolicy.AUTO)
            .build();
    try (ProgressiveModel model =
        new ProgressiveModel(pack.manifest(), pack, directory, measured)) {
      model.expect(whole, whole);
      whole.indices().forEach(model::arrived);
      FuseReport report = Check.get(model.whenFused());
      assertEquals(report.used(), report.speedup().orElseThrow() > 1);
      assertEquals(report.used(), model.fused());
    }
    RuntimeOptions tight = RuntimeOptions.builder().layoutMemoryBytes(1000).build();
    try (ProgressiveModel model = new ProgressiveModel(pack.manifest(), pack, directory, tight)) {
      model.expect(whole, whole);
      whole.indices().forEach(model::arrived);
      assertFalse(Check.get(model.whenFused()).used());
    }
  }
}
