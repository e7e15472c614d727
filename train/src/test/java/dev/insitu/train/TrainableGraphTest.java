package dev.insitu.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.insitu.model.OnnxModel;
import dev.insitu.train.Judge.Value;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainableGraphTest {

  @TempDir Path folder;

  private static Value image(int count) {
    return Value.reals(new long[] {count, 3, 8, 8}, new Random(3));
  }

  private static float[] run(TinyTraining tiny, Forward forward, Value image, String output) {
    try (NDManager scope = tiny.manager.newSubManager()) {
      Map<String, NDArray> given = Map.of(TinyTraining.INPUT, image.array(scope));
      return tiny.graph
          .forward(scope, given, forward.withOutputs(output))
          .get(output)
          .toFloatArray();
    }
  }

  @Test
  void writtenModelComputesTheSameInOnnxRuntimeAfterTraining() throws Exception {
    Path file = folder.resolve("trained.onnx");
    try (TinyTraining tiny = new TinyTraining(folder)) {
      Map<String, float[]> before = tiny.values();
      tiny.train(TinyTraining.recipe(20), Trainer.Options.none());
      for (Map.Entry<String, float[]> entry : before.entrySet()) {
        float[] now = tiny.graph.parameters().get(entry.getKey()).array().toFloatArray();
        assertFalse(Arrays.equals(entry.getValue(), now), entry.getKey() + " did not change");
      }
      tiny.graph.writeTo(file);
      Value image = image(4);
      try (NDManager scope = tiny.manager.newSubManager()) {
        Map<String, NDArray> outputs =
            tiny.graph.forward(
                scope, Map.of(TinyTraining.INPUT, image.array(scope)), Forward.eval());
        Judge.assertClose(
            "written", Judge.run(file, Map.of(TinyTraining.INPUT, image)), outputs, 1e-5);
      }
      try (OnnxModel written = OnnxModel.open(file);
          TrainableGraph again = TrainableGraph.of(written, tiny.manager)) {
        for (Parameter parameter : again.parameters().all()) {
          assertArrayEquals(
              tiny.graph.parameters().get(parameter.name()).array().toFloatArray(),
              parameter.array().toFloatArray());
        }
      }
    }
  }

  @Test
  void aModelWithParametersThatAreNoNumbersIsNotWritten() throws Exception {
    Path file = folder.resolve("bad.onnx");
    try (TinyTraining tiny = new TinyTraining(folder)) {
      NDArray bias = tiny.graph.parameters().get("logits.bias").array();
      Torch.set(bias, new float[] {1, Float.NaN, 2});
      TrainException e = assertThrows(TrainException.class, () -> tiny.graph.writeTo(file));
      assertTrue(e.getMessage().contains("'logits.bias'"), e.getMessage());
      assertFalse(file.toFile().exists());
    }
  }

  @Test
  void valuesSetStayWhenTheirBufferIsGone() throws Exception {
    try (TinyTraining tiny = new TinyTraining(folder)) {
      NDArray weight = tiny.graph.parameters().get("conv.weight").array();
      float[] values = new float[(int) weight.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = i;
      }
      Torch.set(weight, values.clone());
      System.gc();
      try (NDManager scope = tiny.manager.newSubManager()) {
        for (int i = 0; i < 200; i++) {
          Torch.floats(scope, new float[values.length], values.length);
        }
      }
      assertArrayEquals(values, weight.toFloatArray());
      assertTrue(weight.hasGradient());
    }
  }

  @Test
  void runsUpToAnyValueAndOnFromThere() throws Exception {
    try (TinyTraining tiny = new TinyTraining(folder);
        NDManager scope = tiny.manager.newSubManager()) {
      NDArray image = image(2).array(scope);
      Map<String, NDArray> both =
          tiny.graph.forward(
              scope,
              Map.of(TinyTraining.INPUT, image),
              Forward.eval().withOutputs("relu", "logits"));
      Map<String, NDArray> rest =
          tiny.graph.forward(scope, Map.of("relu", both.get("relu")), Forward.eval());
      assertArrayEquals(
          both.get("logits").toFloatArray(), rest.get("logits").toFloatArray(), 1e-6f);
      TrainException e =
          assertThrows(
              TrainException.class, () -> tiny.graph.forward(scope, Map.of(), Forward.eval()));
      assertTrue(e.getMessage().contains("'image' is needed"), e.getMessage());
    }
  }

  @Test
  void aHookReplacesAParameterForOnePassOnly() throws Exception {
    try (TinyTraining tiny = new TinyTraining(folder)) {
      float[] plain = run(tiny, Forward.eval(), image(2), "logits");
      Forward hooked = Forward.eval().withHook("logits.weight", w -> w.mul(w.sub(w)));
      float[] zeroed = run(tiny, hooked, image(2), "logits");
      for (float value : zeroed) {
        assertEquals(0, value);
      }
      assertArrayEquals(plain, run(tiny, Forward.eval(), image(2), "logits"));
    }
  }

  @Test
  void gradientsGoStraightThroughAQuantiser() throws Exception {
    try (TinyTraining tiny = new TinyTraining(folder);
        NDManager scope = tiny.manager.newSubManager()) {
      NDArray weight = tiny.graph.parameters().get("conv2.weight").array();
      Forward quantised =
          Forward.train()
              .withOutputs("logits")
              .withHook(
                  "conv2.weight",
                  StraightThrough.of(
                      w -> w.mul(Torch.scalar(scope, 8)).round().div(Torch.scalar(scope, 8))));
      NDArray logits =
          tiny.graph
              .forward(scope, Map.of(TinyTraining.INPUT, image(4).array(scope)), quantised)
              .get("logits");
      int[] labels = {0, 1, 2, 0};
      Torch.recording(
          true,
          () -> {
            Torch.backward(Losses.crossEntropy(logits, labels, 0));
            return true;
          });
      float[] gradient = Torch.gradient(weight).orElseThrow().toFloatArray();
      double norm = 0;
      for (float g : gradient) {
        norm += g * g;
      }
      assertTrue(norm > 1e-6, "gradient " + norm);
      Torch.clearGradient(weight);
      for (float g : Torch.gradient(weight).orElseThrow().toFloatArray()) {
        assertEquals(0, g);
      }
    }
  }

  @Test
  void aHookNarrowsChannelsAndOnlyTheirStatisticsAreUpdated() throws Exception {
    try (TinyTraining tiny = new TinyTraining(folder)) {
      Forward narrow = Forward.train().withGradients(false);
      for (String name :
          new String[] {"conv.weight", "norm.scale", "norm.bias", "norm.mean", "norm.variance"}) {
        narrow = narrow.withHook(name, a -> JniUtils.slice((PtNDArray) a, 0, 0, 4, 1));
      }
      narrow = narrow.withHook("conv2.weight", a -> JniUtils.slice((PtNDArray) a, 1, 0, 4, 1));
      float[] before = tiny.values().get("norm.mean");
      assertEquals(2 * 4 * 64, run(tiny, narrow, image(2), "relu").length);
      assertEquals(6, run(tiny, narrow, image(2), "logits").length);
      float[] after = tiny.values().get("norm.mean");
      for (int i = 0; i < 8; i++) {
        assertEquals(i >= 4, before[i] == after[i], "mean of channel " + i);
      }
    }
  }

  @Test
  void anOperatorWithoutADifferentiableFormIsNamed() throws Exception {
    Path file = OneNode.of("Det").real(3, 3).write(17, folder.resolve("det.onnx"));
    try (OnnxModel model = OnnxModel.open(file);
        NDManager manager = Torch.newManager()) {
      String message =
          assertThrows(TrainException.class, () -> TrainableGraph.of(model, manager)).getMessage();
      assertTrue(message.contains("Det"), message);
      assertTrue(message.contains("'the_Det'"), message);
      assertTrue(message.contains("opset 17"), message);
      assertTrue(message.contains("without re-training"), message);
    }
  }

  @Test
  void aNodeThatFailsIsNamedWithItsInputs() throws Exception {
    try (TinyTraining tiny = new TinyTraining(folder);
        NDManager scope = tiny.manager.newSubManager()) {
      NDArray wrong = Torch.floats(scope, new float[2 * 64], 1, 2, 8, 8);
      String message =
          assertThrows(
                  TrainException.class,
                  () ->
                      tiny.graph.forward(scope, Map.of(TinyTraining.INPUT, wrong), Forward.eval()))
              .getMessage();
      assertTrue(message.contains("'conv' (Conv) failed"), message);
      assertTrue(message.contains("(1, 2, 8, 8)"), message);
    }
  }

  @Test
  void rolesFollowFromTheReaders() throws Exception {
    try (TinyTraining tiny = new TinyTraining(folder)) {
      Parameters parameters = tiny.graph.parameters();
      assertEquals(ParameterRole.WEIGHT, parameters.get("conv.weight").role());
      assertEquals(ParameterRole.NORM, parameters.get("norm.scale").role());
      assertEquals(ParameterRole.STATISTIC, parameters.get("norm.variance").role());
      assertEquals(ParameterRole.BIAS, parameters.get("logits.bias").role());
      assertFalse(parameters.get("norm.mean").isTrained());
      assertEquals(12, parameters.all().size());
      assertEquals(8, parameters.trained().size());
    }
  }
}
