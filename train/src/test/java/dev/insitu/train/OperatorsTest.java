package dev.insitu.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.insitu.model.OnnxModel;
import dev.insitu.train.Judge.Value;
import dev.insitu.train.OperatorCases.Case;
import dev.insitu.train.ops.Operators;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OperatorsTest {

  private static final double TOLERANCE = 1e-5;

  /** Step of a difference, small against the values and large against float32's rounding. */
  private static final double STEP = 2e-3;

  @TempDir Path folder;

  static Stream<Case> cases() {
    return OperatorCases.all().stream();
  }

  static Stream<Case> smooth() {
    return cases().filter(Case::smooth).filter(one -> isLast(one));
  }

  /** A case's gradient does not depend on the version: only its newest form is checked. */
  private static boolean isLast(Case one) {
    return cases().noneMatch(o -> o.name().equals(one.name()) && o.opset() > one.opset());
  }

  @Test
  void everyOperatorHasACase() {
    var missing = new TreeSet<>(Operators.known().keySet());
    missing.removeAll(OperatorCases.opsets().keySet());
    assertTrue(missing.isEmpty(), () -> "no case for " + missing);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void computesWhatOnnxRuntimeComputes(Case one) throws Exception {
    Path file = one.node().write(one.opset(), folder.resolve("one.onnx"));
    try (OnnxModel model = OnnxModel.open(file);
        NDManager manager = Torch.newManager();
        TrainableGraph graph = TrainableGraph.of(model, manager);
        NDManager scope = manager.newSubManager()) {
      Map<String, NDArray> actual = graph.forward(scope, arrays(one, scope), Forward.eval());
      Judge.assertClose(one.toString(), Judge.run(file, one.node().fed()), actual, TOLERANCE);
    }
  }

  @ParameterizedTest
  @MethodSource("smooth")
  void gradientIsThatOfDifferences(Case one) throws Exception {
    Path file = one.node().write(one.opset(), folder.resolve("one.onnx"));
    try (OnnxModel model = OnnxModel.open(file);
        NDManager manager = Torch.newManager();
        TrainableGraph graph = TrainableGraph.of(model, manager)) {
      Map<String, float[]> gradients = gradients(graph, one, manager);
      Random random = new Random(7);
      double norm = 0;
      for (String input : one.node().fed().keySet()) {
        float[] gradient = gradients.get(input);
        double length = Math.sqrt(dot(gradient, gradient));
        norm += length;
        float[] direction = new float[gradient.length];
        for (int i = 0; i < direction.length; i++) {
          direction[i] = random.nextBoolean() ? 1 : -1;
        }
        double expected = dot(gradient, direction);
        double up = weighted(graph, one, manager, input, direction, STEP);
        double down = weighted(graph, one, manager, input, direction, -STEP);
        double difference = (up - down) / (2 * STEP);
        assertEquals(expected, difference, 0.02 * length + 5e-3, one + " " + input);
      }
      assertTrue(norm > 1e-3, "the gradient is nothing");
    }
  }

  private static Map<String, NDArray> arrays(Case one, NDManager scope) {
    Map<String, NDArray> arrays = new LinkedHashMap<>();
    one.node().fed().forEach((name, value) -> arrays.put(name, value.array(scope)));
    return arrays;
  }

  private static Map<String, float[]> gradients(TrainableGraph graph, Case one, NDManager manager) {
    try (NDManager scope = manager.newSubManager()) {
      Map<String, NDArray> arrays = arrays(one, scope);
      arrays.values().forEach(array -> array.setRequiresGradient(true));
      Map<String, NDArray> outputs =
          graph.forward(scope, arrays, Forward.eval().withGradients(true));
      Torch.recording(
          true,
          () -> {
            List<NDArray> terms = new ArrayList<>();
            for (NDArray output : outputs.values()) {
              NDArray weights = Torch.floats(scope, weights(output), output.getShape().getShape());
              terms.add(output.mul(weights).sum());
            }
            Torch.backward(terms.stream().reduce(NDArray::add).orElseThrow());
            return true;
          });
      Map<String, float[]> gradients = new LinkedHashMap<>();
      arrays.forEach((name, array) ->
          gradients.put(
              name,
              Torch.gradient(array)
                  .map(NDArray::toFloatArray)
                  .orElseGet(() -> new float[(int) array.size()])));
      return gradients;
    }
  }

  private static double weighted(
      TrainableGraph graph,
      Case one,
      NDManager manager,
      String input,
      float[] direction,
      double step) {
    try (NDManager scope = manager.newSubManager()) {
      Map<String, NDArray> arrays = arrays(one, scope);
      Value value = one.node().fed().get(input);
      float[] moved = value.floats();
      for (int i = 0; i < moved.length; i++) {
        moved[i] += (float) (step * direction[i]);
      }
      arrays.put(input, Torch.floats(scope, moved, value.dims()));
      double sum = 0;
      for (NDArray output : graph.forward(scope, arrays, Forward.eval()).values()) {
        assertEquals(DataType.FLOAT32, output.getDataType());
        sum += dot(output.toFloatArray(), weights(output));
      }
      return sum;
    }
  }

  /** What makes one number of an output; the same for the same shape. */
  private static float[] weights(NDArray output) {
    Random random = new Random(output.size());
    float[] weights = new float[(int) output.size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) random.nextGaussian();
    }
    return weights;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
