package dev.insitu.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.SubModel;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExactnessTest {

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "skip,NONE",
    "skip,BASIC",
    "skip,EXTENDED",
    "skip,ALL",
    "wide,NONE",
    "wide,BASIC",
    "wide,ALL"
  })
  void segmentsOfTheWholePackageAnswerLikeTheOriginal(String name, Optimisation level)
      throws Exception {
    TestPackage pack = TestPackage.of(name, 1);
    Map<String, Tensor> inputs = pack.inputs(3, 7);
    RuntimeOptions options =
        RuntimeOptions.builder().streaming(level).fusePolicy(FusePolicy.NEVER).build();
    try (ProgressiveModel model =
        new ProgressiveModel(pack.manifest(), pack, directory.resolve("work"), options)) {
      SubModel whole = SubModel.whole(pack.manifest());
      model.expect(whole, whole);
      whole.indices().forEach(model::arrived);
      assertEquals(whole, Check.get(model.whenComplete()));
      assertFalse(Check.get(model.whenFused()).used());
      Check.near(pack.original(directory, level, inputs), model.run(inputs), 1e-5);
      assertEquals(pack.manifest().losslessGroup(), model.groupOf(0));
    }
    Check.eventually(() -> Check.entries(directory.resolve("work")) == 0, "all files gone");
  }

  @ParameterizedTest
  @CsvSource({"skip,BASIC", "skip,ALL", "wide,BASIC", "wide,ALL"})
  void theFusedSessionIsBitEqualToTheOriginal(String name, Optimisation level) throws Exception {
    TestPackage pack = TestPackage.of(name, 2);
    Map<String, Tensor> inputs = pack.inputs(2, 8);
    RuntimeOptions options =
        RuntimeOptions.builder().fused(level).fusePolicy(FusePolicy.ALWAYS).build();
    try (ProgressiveModel model = new ProgressiveModel(pack.manifest(), pack, directory, options)) {
      SubModel whole = SubModel.whole(pack.manifest());
      model.expect(SubModel.of(pack.manifest(), pack.manifest().segments().size(), 0), whole);
      whole.indices().forEach(model::arrived);
      assertTrue(Check.get(model.whenFused()).used());
      assertTrue(model.fused());
      assertEquals(pack.original(directory, level, inputs), model.run(inputs));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14, 15, 16})
  void anyOrderOfArrivalEndsInTheSameModel(long seed) throws Exception {
    TestPackage pack = TestPackage.shuffled("skip", seed);
    Map<String, Tensor> inputs = pack.inputs(1, seed);
    var order =
        IntStream.range(0, pack.manifest().chunks().size()).boxed().collect(Collectors.toList());
    Collections.shuffle(order, new Random(seed));
    RuntimeOptions options =
        RuntimeOptions.builder()
            .streaming(Optimisation.BASIC)
            .maxBuildShare(1)
            .fusePolicy(FusePolicy.NEVER)
            .build();
    try (ProgressiveModel model =
        new ProgressiveModel(pack.manifest(), pack, directory.resolve("work"), options)) {
      SubModel whole = SubModel.whole(pack.manifest());
      model.expect(SubModel.prefix(pack.manifest(), order.size() / 3), whole);
      for (int chunk : order) {
        model.arrived(chunk);
        model.arrived(chunk);
        Thread.sleep(1);
      }
      assertEquals(whole, Check.get(model.whenComplete()), "seed " + seed);
      Check.near(pack.original(directory, Optimisation.BASIC, inputs), model.run(inputs), 1e-5);
    }
  }

  @ParameterizedTest
  @CsvSource({"skip,30", "skip,60", "wide,20", "wide,35"})
  void aSubModelAnswersLikeItsWeightFile(String name, int percent) throws Exception {
    TestPackage pack = TestPackage.shuffled(name, 3);
    Map<String, Tensor> inputs = pack.inputs(2, 9);
    int all = pack.manifest().segments().size();
    SubModel part =
        SubModel.prefix(pack.manifest(), pack.manifest().chunks().size() * percent / 100)
            .union(SubModel.of(pack.manifest(), all, 0));
    WeightFile.assemble(
        pack.manifest(), pack, part, tensor -> true, directory.resolve(TestPackage.WEIGHTS));
    for (boolean small : new boolean[] {false, true}) {
      RuntimeOptions options =
          RuntimeOptions.builder()
              .streaming(Optimisation.BASIC)
              .freeSegmentsAfterUse(small)
              .fusePolicy(FusePolicy.NEVER)
              .build();
      try (ProgressiveModel model =
          new ProgressiveModel(pack.manifest(), pack, directory.resolve("work"), options)) {
        model.expect(SubModel.of(pack.manifest(), all, 0), part);
        part.indices().forEach(model::arrived);
        assertEquals(part, Check.get(model.whenComplete()));
        Check.near(pack.whole(directory, Optimisation.BASIC, inputs), model.run(inputs), 1e-5);
      }
    }
  }
}
