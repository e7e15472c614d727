package dev.insitu.forge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.elastic.plan.ModelCost;
import dev.insitu.elastic.plan.Profile;
import dev.insitu.elastic.plan.ProfileCodec;
import dev.insitu.forge.samples.Column;
import dev.insitu.forge.samples.GeneratedSamples;
import dev.insitu.forge.samples.Samples;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.TensorProto;
import dev.insitu.runtime.GraphRun;
import dev.insitu.runtime.Optimisation;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Measures small models of every kind against ONNX Runtime on each sample alone. */
class MeasurementTest {

  private static final int COUNT = 5;

  @TempDir Path folder;

  private record Answer(Answers.Kind kind, Profile profile) {}

  /** Packs and measures; checks that the root's answers are those to each sample alone. */
  private Answer measure(GraphProto.Builder graph, Optional<int[]> labels) throws IOException {
    Path model = Onnx.write(graph, folder.resolve("model.onnx"));
    Samples samples;
    try (Packed bare = Packed.of(model, folder)) {
      Samples made = GeneratedSamples.make(bare.manifest().inputs(), COUNT, 3);
      samples = new Samples(made.columns(), labels, "test");
      Evaluator evaluator = Evaluator.of(bare.manifest(), bare.file(), samples, folder);
      Answers answers = evaluator.answers(bare.whole());
      for (int i = 0; i < COUNT; i++) {
        float[] alone = alone(model, bare.manifest().inputs(), samples, i);
        assertArrayEquals(alone, answers.values().get(i), 1e-5f, "sample " + i);
      }
      ForgeOptions options = ForgeOptions.of("test", "1").withSamples(samples);
      try (Packed measured = Packed.of(model, folder, options)) {
        Profile profile = measured.result().profile();
        assertEquals(profile, ProfileCodec.read(measured.file().profile()));
        return new Answer(answers.kind(), profile);
      }
    }
  }

  private static float[] alone(Path model, List<ValueSpec> inputs, Samples samples, int index) {
    Map<String, Tensor> fed = new HashMap<>();
    for (ValueSpec input : inputs) {
      Column column = samples.column(input.name());
      fed.put(input.name(), Tensor.wrap(column.type(), column.slice(index, 1), column.shape()));
    }
    try (GraphRun run = GraphRun.open(model, Optimisation.BASIC)) {
      Tensor value = run.run(fed).get("y");
      if (value.type().floating()) {
        return value.floats();
      }
      long[] integers = value.longs();
      float[] floats = new float[integers.length];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = integers[i];
      }
      return floats;
    }
  }

  private static void assertEndsInFullAgreement(Profile profile) {
    assertEquals(COUNT, profile.samples());
    assertEquals(1, profile.points().getLast().agreement());
    assertTrue(profile.points().size() > 3, profile.toString());
  }

  /** x [open, 100] through two matrices to "h", then the node to "y". */
  private static GraphProto.Builder ending(NodeProto.Builder last, int type, long... dims) {
    Random random = new Random(1);
    TensorProto.Builder first = Onnx.random("w0", random, 100, 100);
    TensorProto.Builder second = Onnx.random("w1", random, 100, 100);
    return Onnx.graph()
        .addInput(Onnx.value("x", Onnx.FLOAT, -1, 100))
        .addOutput(Onnx.value("y", type, dims))
        .addInitializer(first)
        .addInitializer(second)
        .addNode(Onnx.node("MatMul", List.of("x", "w0"), "a"))
        .addNode(Onnx.node("Relu", List.of("a"), "b"))
        .addNode(Onnx.node("MatMul", List.of("b", "w1"), "h"))
        .addNode(last);
  }

  @Test
  void classesByBatches() throws IOException {
    int[] labels = new int[COUNT];
    Answer answer = measure(Onnx.chain(2, 3, 100), Optional.of(labels));
    assertEquals(Answers.Kind.CLASSES, answer.kind());
    assertEndsInFullAgreement(answer.profile());
    assertTrue(answer.profile().points().getLast().accuracy().isPresent());
  }

  @Test
  void accuracyIsTheShareOfRightLabels() throws IOException {
    Path model = Onnx.write(Onnx.chain(2, 3, 100), folder.resolve("model.onnx"));
    Samples made;
    try (Packed bare = Packed.of(model, folder)) {
      made = GeneratedSamples.make(bare.manifest().inputs(), COUNT, 3);
      Evaluator evaluator = Evaluator.of(bare.manifest(), bare.file(), made, folder);
      Answers answers = evaluator.answers(bare.whole());
      int[] labels = new int[COUNT];
      for (int i = 0; i < COUNT; i++) {
        labels[i] = answers.best(i) + (i == 0 ? 1 : 0);
      }
      made = new Samples(made.columns(), Optional.of(labels), "test");
    }
    ForgeOptions options = ForgeOptions.of("test", "1").withSamples(made);
    try (Packed measured = Packed.of(model, folder, options)) {
      Profile.Point whole = measured.result().profile().points().getLast();
      assertEquals(0.8, whole.accuracy().orElseThrow(), 1e-12);
      assertEquals(1, whole.agreement());
    }
  }

  @Test
  void costsAreThoseOfTheGraphAndTheSameEachTime() throws IOException {
    Profile profile = measure(Onnx.chain(2, 3, 100), Optional.empty()).profile();
    ModelCost cost = profile.costs().getLast();
    assertEquals(3 * 100 * 100, cost.macs());
    assertTrue(cost.memoryBytes() >= 3 * 100 * 100 * Float.BYTES, cost.toString());
    assertTrue(cost.latencySeconds().isEmpty());
  }

  @Test
  void latencyIsMeasuredIfAskedFor() throws IOException {
    Path model = Onnx.write(Onnx.chain(2, 3, 100), folder.resolve("model.onnx"));
    Samples samples;
    try (Packed bare = Packed.of(model, folder)) {
      samples = GeneratedSamples.make(bare.manifest().inputs(), COUNT, 3);
    }
    ForgeOptions options = ForgeOptions.of("test", "1").withSamples(samples).withLatency(true);
    try (Packed measured = Packed.of(model, folder, options)) {
      ModelCost cost = measured.result().profile().costs().getLast();
      assertTrue(cost.latencySeconds().orElseThrow() > 0);
    }
  }

  @Test
  void withoutLabelsThereIsNoAccuracy() throws IOException {
    Answer answer = measure(Onnx.chain(2, 3, 100), Optional.empty());
    assertTrue(answer.profile().points().getLast().accuracy().isEmpty());
  }

  @Test
  void anOpenDimensionThatIsNotTheBatch() throws IOException {
    // subtracts the mean over the open dimension: samples run together change one another
    NodeProto.Builder softmax =
        Onnx.node("Softmax", List.of("h"), "y").addAttribute(Onnx.attribute("axis", 0));
    Answer answer = measure(ending(softmax, Onnx.FLOAT, -1, 100), Optional.empty());
    assertEndsInFullAgreement(answer.profile());
  }

  @Test
  void aBatchThatOnlyTheInputAllows() throws IOException {
    GraphProto.Builder graph =
        ending(Onnx.node("Reshape", List.of("h", "shape"), "y"), Onnx.FLOAT, -1, 10, 10)
            .addInitializer(Onnx.tensor("shape", ElementType.INT64, longs(1, 10, 10), 3));
    Answer answer = measure(graph, Optional.empty());
    assertEquals(Answers.Kind.NUMBERS, answer.kind());
    assertEndsInFullAgreement(answer.profile());
  }

  private static java.nio.ByteBuffer longs(long... values) {
    java.nio.ByteBuffer bytes =
        java.nio.ByteBuffer.allocate(8 * values.length).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    return bytes;
  }

  @Test
  void integerAnswers() throws IOException {
    NodeProto.Builder best =
        Onnx.node("ArgMax", List.of("h"), "y").addAttribute(Onnx.attribute("axis", 1));
    Answer answer = measure(ending(best, Onnx.INT64, -1, 1), Optional.empty());
    assertEquals(Answers.Kind.INTEGERS, answer.kind());
    assertEndsInFullAgreement(answer.profile());
  }

  @Test
  void answersWhoseNumberDependsOnTheValues() throws IOException {
    GraphProto.Builder graph =
        ending(Onnx.node("NonZero", List.of("positive"), "y"), Onnx.INT64, 2, -1)
            .addNode(3, Onnx.node("Relu", List.of("h"), "positive"));
    Answer answer = measure(graph, Optional.empty());
    assertEquals(1, answer.profile().points().getLast().agreement());
  }

  @Test
  void aSingleNumber() throws IOException {
    NodeProto.Builder sum =
        Onnx.node("ReduceSum", List.of("h"), "y").addAttribute(Onnx.attribute("keepdims", 0));
    Answer answer = measure(ending(sum, Onnx.FLOAT), Optional.empty());
    assertEquals(Answers.Kind.NUMBERS, answer.kind());
    assertEndsInFullAgreement(answer.profile());
  }

  @Test
  void samplesThatTheModelAnswersAllAlikeMeasureNothing() throws IOException {
    GraphProto.Builder graph =
        ending(Onnx.node("Reshape", List.of("none", "shape"), "y"), Onnx.FLOAT, -1, 10, 10)
            .addNode(3, Onnx.node("Sub", List.of("h", "h"), "none"))
            .addInitializer(Onnx.tensor("shape", ElementType.INT64, longs(1, 10, 10), 3));
    ForgeException refused =
        assertThrows(ForgeException.class, () -> measure(graph, Optional.empty()));
    assertTrue(refused.getMessage().contains("they measure nothing"), refused.getMessage());

    Path model = folder.resolve("model.onnx");
    try (Packed bare = Packed.of(model, folder)) {
      Samples made = GeneratedSamples.make(bare.manifest().inputs(), COUNT, 3);
      ForgeOptions options = ForgeOptions.of("test", "1").withSamples(made);
      try (Packed packed = Packed.of(model, folder, options)) {
        assertEquals(Profile.unmeasured(), packed.result().profile());
        assertTrue(packed.result().warnings().getFirst().contains("they measure nothing"));
      }
    }
  }
}
