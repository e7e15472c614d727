package dev.insitu.forge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.insitu.elastic.Coding;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.TensorSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class TensorMatchTest {

  private static TensorSpec vector(String name, long length) {
    return new TensorSpec(name, ElementType.FLOAT32, Coding.VECTOR, length, 0, 0);
  }

  private static TensorSpec raw(String name, ElementType type, long bytes) {
    return new TensorSpec(name, type, Coding.RAW, bytes, 0, 0);
  }

  @Test
  void theSameNameGoesFirst() {
    assertEquals(
        List.of(1, 0),
        TensorMatch.of(
            List.of(vector("a", 5), vector("b", 5)), List.of(vector("b", 5), vector("a", 5))));
  }

  @Test
  void theSameNameWithAnotherSizeIsNoMatch() {
    assertEquals(List.of(-1), TensorMatch.of(List.of(vector("a", 5)), List.of(vector("a", 6))));
  }

  @Test
  void renamedTensorsMatchInOrderAmongThoseOfTheirSize() {
    assertEquals(
        List.of(2, 0, 3),
        TensorMatch.of(
            List.of(vector("x", 7), vector("y", 5), vector("z", 7)),
            List.of(vector("a", 5), vector("b", 6), vector("c", 7), vector("d", 7))));
  }

  @Test
  void aTensorIsMatchedOnce() {
    assertEquals(
        List.of(0, -1),
        TensorMatch.of(List.of(vector("x", 5), vector("y", 5)), List.of(vector("a", 5))));
    assertEquals(
        List.of(1, 0),
        TensorMatch.of(
            List.of(vector("b", 5), vector("x", 5)), List.of(vector("a", 5), vector("b", 5))));
  }

  @Test
  void theCodingMayDifferIfTypeAndBytesAreTheSame() {
    assertEquals(
        List.of(0),
        TensorMatch.of(List.of(raw("a", ElementType.FLOAT32, 20)), List.of(vector("a", 5))));
    assertEquals(
        List.of(-1),
        TensorMatch.of(List.of(raw("a", ElementType.INT32, 20)), List.of(vector("a", 5))));
  }
}
