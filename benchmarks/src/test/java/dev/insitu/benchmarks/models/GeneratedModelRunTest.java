package dev.insitu.benchmarks.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class GeneratedModelRunTest {
  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void runsWithAnyBatch(Structure structure) throws Exception {
    GeneratedModel model = generate(SmallModels.of(structure), "m");
    assertEquals(List.of(1L, 10L), outputs(model, 1).get("logits").shape());
    Output three = outputs(model, 3).get("logits");
    assertEquals(List.of(3L, 10L), three.shape());
    assertVaried(three.values());
  }

  @ParameterizedTest
  @EnumSource
  void runsWithHeavyTails(Structure structure) throws Exception {
    ModelSpecBuilder spec = SmallModels.of(structure).weights(Distribution.HEAVY_TAILED);
    assertVaried(outputs(generate(spec, "m"), 2).get("logits").values());
  }

  @ParameterizedTest
  @EnumSource
  void runsWithTiedTensors(Structure structure) throws Exception {
    GeneratedModel tied = generate(SmallModels.of(structure).tied(true), "tied");
    assertVaried(outputs(tied, 2).get("logits").values());
  }

  @Test
  void tiedBertEndsInTheWordsOfItsVocabulary() throws Exception {
    GeneratedModel model = generate(SmallModels.of(Structure.BERT_BASE).tied(true), "m");
    assertEquals(List.of(2L, 9L, 30522L), outputs(model, 2).get("logits").shape());
  }

  @Test
  void bertGivesStatesAndPooledOutput() throws Exception {
    Map<String, Output> outputs = outputs(generate(SmallModels.of(Structure.BERT_BASE), "m"), 2);
    assertEquals(List.of(2L, 9L, 64L), outputs.get("last_hidden_state").shape());
    assertEquals(List.of(2L, 64L), outputs.get("pooler_output").shape());
  }

  @ParameterizedTest
  @CsvSource({"17", "18", "19", "20", "21"})
  void runsInEveryOperatorSet(int opset) throws Exception {
    for (Structure structure : Structure.values()) {
      GeneratedModel model = generate(SmallModels.of(structure).opset(opset), "m");
      assertVaried(outputs(model, 1).get("logits").values());
    }
  }

  /** Both forms of Gelu are the same function. */
  @Test
  void operatorSetDoesNotChangeTheAnswer() throws Exception {
    ModelSpecBuilder spec = SmallModels.of(Structure.BERT_BASE);
    assertClose(logits(spec.opset(17), "old"), logits(spec.opset(21), "new"), 1e-5);
  }

  /**
   * Weights are the same before rounding, so answers differ by no more than rounding makes of them.
   */
  @ParameterizedTest
  @EnumSource
  void halfTypesAnswerAsFloat32UpToRounding(Structure structure) throws Exception {
    ModelSpecBuilder spec = SmallModels.of(structure);
    float[] whole = logits(spec, "f32");
    // As many numbers in half the bytes: only the chain asks.
    spec.bytes(SmallModels.MLP_BYTES / 2);
    float[] half = logits(spec.type(WeightType.FLOAT16), "f16");
    float[] brain = logits(spec.type(WeightType.BFLOAT16), "bf16");
    assertClose(whole, half, 0.02);
    assertClose(whole, brain, 0.16);
    assertNotEquals(whole[0], half[0]);
    assertNotEquals(whole[0], brain[0]);
  }

  @ParameterizedTest
  @CsvSource({"RESNET18", "RESNET50", "DENSENET121"})
  void foldedNetworkAnswersAsTheUnfolded(Structure structure) throws Exception {
    ModelSpecBuilder spec = SmallModels.of(structure);
    assertClose(logits(spec, "plain"), logits(spec.folded(true), "folded"), 1e-4);
  }

  @ParameterizedTest
  @EnumSource
  void externalDataGivesTheSameAnswer(Structure structure) throws Exception {
    ModelSpecBuilder spec = SmallModels.of(structure);
    float[] inline = logits(spec, "inline");
    GeneratedModel external = generate(spec.external(true), "external");
    assertEquals(2, external.files().size());
    assertArrayEquals(inline, outputs(external, 2).get("logits").values());
  }

  private GeneratedModel generate(ModelSpecBuilder spec, String name) throws IOException {
    return ModelGenerator.generate(spec.build(), directory.resolve(name + ".onnx"));
  }

  private float[] logits(ModelSpecBuilder spec, String name) throws IOException, OrtException {
    return outputs(generate(spec, name), 2).get("logits").values();
  }

  private static Map<String, Output> outputs(GeneratedModel model, int batch) throws OrtException {
    return Output.run(model, batch, 9);
  }

  private static void assertVaried(float[] values) {
    float least = Float.POSITIVE_INFINITY;
    float most = Float.NEGATIVE_INFINITY;
    for (float value : values) {
      assertTrue(Float.isFinite(value), "value " + value);
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    assertTrue(most - least > 0.01, "from %s to %s".formatted(least, most));
    assertTrue(Math.max(-least, most) < 10_000, "from %s to %s".formatted(least, most));
  }

  private static void assertClose(float[] expected, float[] actual, double share) {
    double scale = 0;
    for (float value : expected) {
      scale = Math.max(scale, Math.abs(value));
    }
    assertArrayEquals(expected, actual, (float) (share * scale));
  }
}
