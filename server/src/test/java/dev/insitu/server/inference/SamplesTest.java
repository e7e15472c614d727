package dev.insitu.server.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ElementType;
import dev.insitu.runtime.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SamplesTest {

  private static Tensor random(Random random, long... shape) {
    int count = 1;
    for (long dim : shape) {
      count *= (int) dim;
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat();
    }
    return Tensor.of(values, shape);
  }

  @Test
  void whatIsJoinedComesApartAgain() {
    long seed = 9;
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      List<Map<String, Tensor>> parts = new ArrayList<>();
      long[] counts = new long[1 + random.nextInt(4)];
      for (int i = 0; i < counts.length; i++) {
        counts[i] = 1L + random.nextInt(3);
        parts.add(Map.of("a", random(random, counts[i], 2, 3), "b", random(random, counts[i])));
      }
      assertEquals(parts, Samples.split(Samples.join(parts), counts), "seed " + seed);
    }
  }

  @Test
  void samplesAreCountedWhereAllValuesHaveAsMany() {
    Tensor two = Tensor.of(new float[] {1, 2}, 2);
    assertEquals(OptionalLong.of(2), Samples.count(Map.of("a", two, "b", two)));
    assertEquals(
        OptionalLong.empty(), Samples.count(Map.of("a", two, "b", Tensor.of(new float[1], 1))));
    assertEquals(OptionalLong.empty(), Samples.count(Map.of("a", Tensor.of(new float[1]))));
    assertEquals(
        OptionalLong.empty(), Samples.count(Map.of("a", Tensor.zeros(ElementType.INT8, 0, 3))));
    assertEquals(OptionalLong.empty(), Samples.count(Map.of()));
  }

  @Test
  void answersWithoutASampleForEachAreNotTakenApart() {
    Map<String, Tensor> answers = Map.of("y", Tensor.of(new float[] {1, 2, 3}, 3));
    assertEquals(3, Samples.split(answers, new long[] {1, 1, 1}).size());
    assertEquals(List.of(), Samples.split(answers, new long[] {1, 1}));
    assertEquals(List.of(), Samples.split(Map.of("y", Tensor.of(new float[1])), new long[] {1}));
  }

  @Test
  void kindsDifferByTypeNameAndInnerShape() {
    Samples.Kind kind = Samples.kind(Map.of("x", Tensor.zeros(ElementType.FLOAT32, 1, 3)));
    assertEquals(kind, Samples.kind(Map.of("x", Tensor.zeros(ElementType.FLOAT32, 5, 3))));
    assertNotEquals(kind, Samples.kind(Map.of("x", Tensor.zeros(ElementType.FLOAT32, 1, 4))));
    assertNotEquals(kind, Samples.kind(Map.of("x", Tensor.zeros(ElementType.INT32, 1, 3))));
    assertNotEquals(kind, Samples.kind(Map.of("z", Tensor.zeros(ElementType.FLOAT32, 1, 3))));
  }

  @Test
  void answersAgreeButForTheOrderOfAdditions() {
    Map<String, Tensor> some = Map.of("y", Tensor.of(new float[] {1, -100, Float.NaN}, 3));
    assertTrue(
        Samples.agree(some, Map.of("y", Tensor.of(new float[] {1.0001f, -100, Float.NaN}, 3))));
    assertFalse(
        Samples.agree(some, Map.of("y", Tensor.of(new float[] {1.5f, -100, Float.NaN}, 3))));
    assertFalse(Samples.agree(some, Map.of("y", Tensor.of(new float[] {1, -100, 0}, 3))));
    assertFalse(Samples.agree(some, Map.of("z", Tensor.of(new float[] {1, -100, 0}, 3))));
    Map<String, Tensor> whole = Map.of("y", Tensor.of(new long[] {3}, 1));
    assertTrue(Samples.agree(whole, Map.of("y", Tensor.of(new long[] {3}, 1))));
    assertFalse(Samples.agree(whole, Map.of("y", Tensor.of(new long[] {4}, 1))));
  }
}
