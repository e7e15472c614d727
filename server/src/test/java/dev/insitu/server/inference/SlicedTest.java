package dev.insitu.server.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.runtime.InferenceException;
import dev.insitu.runtime.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class SlicedTest {

  private final List<Long> runs = new ArrayList<>();

  private Sliced sliced(UnaryOperator<Map<String, Tensor>> model, long maxBytes) {
    return new Sliced(
        inputs -> {
          runs.add(Samples.count(inputs).orElse(-1));
          return model.apply(inputs);
        },
        3,
        maxBytes);
  }

  private static Map<String, Tensor> samples(int count) {
    float[] values = new float[2 * count];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    return Map.of("x", Tensor.of(values, count, 2));
  }

  private static float[] floats(Map<String, Tensor> values) {
    return Optional.ofNullable(values.get("x")).orElseThrow().floats();
  }

  /** Subtracts the first element of all. */
  private static Map<String, Tensor> mixing(Map<String, Tensor> inputs) {
    float[] values = floats(inputs);
    float first = values[0];
    for (int i = 0; i < values.length; i++) {
      values[i] -= first;
    }
    return Map.of("x", Tensor.of(values, values.length / 2, 2));
  }

  @Test
  void moreSamplesThanABatchHasAreComputedInRunsOfSoMany() {
    Sliced model = sliced(UnaryOperator.identity(), 1000);
    assertArrayEquals(floats(samples(8)), floats(model.apply(samples(8))));
    assertEquals(List.of(2L, 1L, 1L, 3L, 3L, 2L), runs, "first whether samples are apart");
    runs.clear();
    assertArrayEquals(floats(samples(4)), floats(model.apply(samples(4))));
    assertEquals(List.of(3L, 1L), runs);
    runs.clear();
    assertArrayEquals(floats(samples(3)), floats(model.apply(samples(3))));
    assertEquals(List.of(3L), runs);
  }

  @Test
  void aModelWhoseSamplesAreNotApartIsNeverDivided() {
    Sliced model = sliced(SlicedTest::mixing, 1000);
    for (int round = 0; round < 2; round++) {
      assertArrayEquals(floats(mixing(samples(8))), floats(model.apply(samples(8))));
    }
    assertEquals(List.of(2L, 1L, 1L, 8L, 8L), runs);
  }

  @Test
  void answersAreBoundedTogether() {
    Sliced model = sliced(UnaryOperator.identity(), 8 * 5);
    assertEquals(10, floats(model.apply(samples(5))).length);
    InferenceException refused =
        assertThrows(InferenceException.class, () -> model.apply(samples(6)));
    assertEquals(InferenceException.Reason.INPUT, refused.reason());
    assertTrue(String.valueOf(refused.getMessage()).contains("more than 40 bytes"));
  }
}
