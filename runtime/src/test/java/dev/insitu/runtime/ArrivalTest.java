package dev.insitu.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import dev.insitu.runtime.InferenceException.Reason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What runs when, while a model arrives. */
class ArrivalTest {

  @TempDir Path directory;

  private ProgressiveModel model(TestPackage pack, RuntimeOptions.Builder options)
      throws Exception {
    return new ProgressiveModel(
        pack.manifest(), pack, directory, options.fusePolicy(FusePolicy.NEVER).build());
  }

  @Test
  void aSegmentBecomesRunnableWithTheLastStarterChunkOfItsTensors() throws Exception {
    TestPackage pack = TestPackage.shuffled("skip", 21);
    Manifest manifest = pack.manifest();
    PackageIndex index = new PackageIndex(manifest);
    SubModel starter = SubModel.of(manifest, manifest.segments().size(), 3);
    List<Integer> ready = new CopyOnWriteArrayList<>();
    RuntimeListener listener =
        new RuntimeListener() {
          @Override
          public void onSegmentReady(int segment, int group) {
            ready.add(segment);
            assertTrue(group >= 3, "group " + group);
          }
        };
    try (ProgressiveModel model = model(pack, RuntimeOptions.builder().listener(listener))) {
      model.expect(starter, SubModel.whole(manifest));
      Check.eventually(() -> ready.equals(List.of(3)), "the segment without weights runs at once");
      int[] chunks = starter.indices().toArray();
      for (int i = 0; i < chunks.length; i++) {
        for (int segment = 0; segment < manifest.segments().size(); segment++) {
          int s = segment;
          boolean misses =
              IntStream.of(chunks)
                  .skip(i)
                  .anyMatch(c -> IntStream.of(index.partsOf(c)).anyMatch(x -> x == s));
          if (misses) {
            assertFalse(ready.contains(segment), "segment " + segment + " before its chunks");
          } else {
            Check.eventually(() -> ready.contains(s), "segment " + s);
          }
        }
        model.arrived(chunks[i]);
      }
      Check.get(model.whenRunnable());
      assertTrue(model.active().includes(starter));
      assertEquals(5, model.runnableSegments());
    }
  }

  @Test
  void anInferenceOverlapsWithTheArrival() throws Exception {
    TestPackage pack = TestPackage.of("wide", 22);
    Manifest manifest = pack.manifest();
    SubModel whole = SubModel.whole(manifest);
    Map<String, Tensor> inputs = pack.inputs(2, 1);
    try (ProgressiveModel model = model(pack, RuntimeOptions.builder())) {
      model.expect(SubModel.of(manifest, 3, 0), whole);
      CompletableFuture<Map<String, Tensor>> answer = Check.start(() -> model.run(inputs));
      SubModel first = SubModel.of(manifest, 1, 0);
      first.indices().forEach(model::arrived);
      assertEquals(model.cut(1), Check.get(Check.start(() -> model.runUntil(1, inputs))).keySet());
      assertFalse(answer.isDone());
      whole.indices().forEach(model::arrived);
      assertEquals(List.of("y"), List.copyOf(Check.get(answer).keySet()));
    }
  }

  @Test
  void aWaitEndsWithItsLimit() throws Exception {
    TestPackage pack = TestPackage.of("skip", 23);
    try (ProgressiveModel model =
        model(pack, RuntimeOptions.builder().waitLimit(Duration.ofMillis(20)))) {
      InferenceException late =
          assertThrows(InferenceException.class, () -> model.run(pack.inputs(1, 1)));
      assertEquals(Reason.TIMEOUT, late.reason());
      assertTrue(late.getMessage().contains("0 of 5 segments"), late.getMessage());
      assertThrows(InferenceException.class, () -> model.run(pack.inputs(1, 1), Duration.ZERO));
    }
  }

  @Test
  void anInterruptedWaitKeepsTheFlag() throws Exception {
    TestPackage pack = TestPackage.of("skip", 24);
    AtomicReference<Reason> reason = new AtomicReference<>();
    AtomicReference<Boolean> flag = new AtomicReference<>();
    try (ProgressiveModel model = model(pack, RuntimeOptions.builder())) {
      Thread waiting =
          new Thread(() -> {
            try {
              model.run(pack.inputs(1, 1));
            } catch (InferenceException e) {
              reason.set(e.reason());
              flag.set(Thread.currentThread().isInterrupted());
            }
          });
      waiting.start();
      waiting.interrupt();
      waiting.join();
    }
    assertEquals(Reason.INTERRUPTED, reason.get());
    assertTrue(flag.get());
  }

  @Test
  void closingEndsWaitsAndRefusesMore() throws Exception {
    TestPackage pack = TestPackage.of("skip", 25);
    ProgressiveModel model = model(pack, RuntimeOptions.builder());
    CompletableFuture<Map<String, Tensor>> waiting =
        Check.start(() -> model.run(pack.inputs(1, 1)));
    SubModel.of(pack.manifest(), 2, 0).indices().forEach(model::arrived);
    Check.eventually(() -> model.runnableSegments() == 2, "two segments");
    model.close();
    model.close();
    CompletionException ended = assertThrows(CompletionException.class, waiting::join);
    assertEquals(Reason.CLOSED, ((InferenceException) ended.getCause()).reason());
    assertThrows(InferenceException.class, () -> model.run(pack.inputs(1, 1)));
    assertTrue(model.whenRunnable().isCompletedExceptionally());
    model.arrived(0);
    Check.eventually(() -> Check.entries(directory) == 0, "all files gone");
  }

  @Test
  void aFirstPartRunsWhenOnlyItIsExpected() throws Exception {
    TestPackage pack = TestPackage.of("skip", 26);
    SubModel front = SubModel.of(pack.manifest(), 2, pack.manifest().losslessGroup());
    Map<String, Tensor> inputs = pack.inputs(2, 2);
    try (ProgressiveModel model = model(pack, RuntimeOptions.builder())) {
      model.expect(SubModel.of(pack.manifest(), 2, 0), front);
      front.indices().forEach(model::arrived);
      SubModel active = Check.get(model.whenComplete());
      PackageIndex index = new PackageIndex(pack.manifest());
      front
          .indices()
          .filter(chunk -> index.partsOf(chunk)[0] < 2)
          .forEach(chunk -> assertTrue(active.contains(chunk), "chunk " + chunk));
      Map<String, Tensor> middle = model.runUntil(2, inputs);
      assertEquals(java.util.Set.of("a", "edges"), middle.keySet());
      Tensor edges = pack.original(directory, Optimisation.BASIC, inputs).get("edges");
      assertTrue(Comparison.relativeDifference(edges, middle.get("edges")) <= 1e-5);
    }
  }

  @Test
  void twoHalvesMakeTheWhole() throws Exception {
    for (String name : new String[] {"skip", "wide"}) {
      TestPackage pack = TestPackage.of(name, 27);
      SubModel whole = SubModel.whole(pack.manifest());
      Map<String, Tensor> inputs = pack.inputs(2, 3);
      RuntimeOptions options =
          RuntimeOptions.builder().fusePolicy(FusePolicy.ALWAYS).fused(Optimisation.BASIC).build();
      try (ProgressiveModel model =
          new ProgressiveModel(pack.manifest(), pack, directory, options)) {
        model.expect(whole, whole);
        whole.indices().forEach(model::arrived);
        Check.get(model.whenFused());
        Map<String, Tensor> expected = model.run(inputs);
        for (int cut = 0; cut <= pack.manifest().segments().size(); cut++) {
          Map<String, Tensor> values = model.runUntil(cut, inputs);
          assertEquals(
              model.cut(cut),
              values.keySet().stream()
                  .filter(model.cut(cut)::contains)
                  .collect(java.util.stream.Collectors.toSet()));
          Map<String, Tensor> atCut = new java.util.HashMap<>(values);
          atCut.keySet().retainAll(model.cut(cut));
          Check.near(expected, model.runFrom(cut, atCut), 1e-5);
        }
      }
    }
  }
}
