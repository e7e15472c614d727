package dev.insitu.forge.samples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.ValueSpec;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GeneratedSamplesTest {

  private static ValueSpec spec(String name, ElementType type, Long... dims) {
    return new ValueSpec(name, type.onnx(), List.of(dims), true);
  }

  private static Column make(ElementType type, Long... dims) {
    return GeneratedSamples.make(List.of(spec("x", type, dims)), 3, 1).column("x");
  }

  @Test
  void theSameSeedGivesTheSameValues() {
    List<ValueSpec> inputs =
        List.of(
            spec("picture", ElementType.FLOAT32, -1L, 3L, 16L, 16L),
            spec("ids", ElementType.INT64, -1L, -1L),
            spec("state", ElementType.FLOAT16, 2L, -1L, 8L));
    Samples first = GeneratedSamples.make(inputs, 5, 42);
    Samples again = GeneratedSamples.make(inputs, 5, 42);
    Samples other = GeneratedSamples.make(inputs, 5, 43);
    for (ValueSpec input : inputs) {
      ByteBuffer bytes = first.column(input.name()).bytes();
      assertEquals(bytes, again.column(input.name()).bytes());
      assertNotEquals(bytes, other.column(input.name()).bytes());
    }
    assertTrue(first.generated());
    assertEquals(5, first.count());
    assertTrue(first.labels().isEmpty());
  }

  @Test
  void samplesDiffer() {
    Column column = make(ElementType.FLOAT32, -1L, 3L, 16L, 16L);
    assertNotEquals(column.slice(0, 1), column.slice(1, 1));
  }

  @Test
  void openDimensionsHaveUsualSizes() {
    assertArrayEquals(
        new long[] {1, 3, 96, 96}, make(ElementType.FLOAT32, -1L, 3L, -1L, -1L).shape());
    assertArrayEquals(new long[] {1, 64}, make(ElementType.INT64, -1L, -1L).shape());
    assertArrayEquals(new long[] {2, 1, 128}, make(ElementType.FLOAT32, 2L, -1L, 128L).shape());
    assertArrayEquals(new long[] {1, 64, 80}, make(ElementType.FLOAT32, 1L, -1L, 80L).shape());
    assertArrayEquals(new long[0], make(ElementType.INT64).shape());
  }

  @ParameterizedTest
  @EnumSource(
      value = ElementType.class,
      names = {
        "FLOAT32",
        "FLOAT64",
        "FLOAT16",
        "BFLOAT16",
        "INT8",
        "UINT8",
        "INT16",
        "UINT16",
        "INT32",
        "UINT32",
        "INT64",
        "UINT64",
        "BOOL"
      })
  void everyTypeAModelTakesIsGenerated(ElementType type) {
    for (Long[] dims : new Long[][] {{-1L, 7L}, {1L, 2L, 4L, 4L}}) {
      Column column = make(type, dims);
      assertEquals(3 * column.sampleBytes(), column.bytes().remaining());
    }
  }

  @Test
  void integersAreInEveryVocabulary() {
    Column column = make(ElementType.INT64, -1L, 1000L);
    for (int i = 0; i < 3000; i++) {
      long value = column.bytes().getLong(8 * i);
      assertTrue(value == 0 || value == 1, "value " + value);
    }
    ByteBuffer picture = make(ElementType.INT8, -1L, 1L, 64L, 64L).bytes();
    while (picture.hasRemaining()) {
      assertTrue(picture.get() >= 0);
    }
  }

  @Test
  void otherTypesAndUnknownShapesAreRefused() {
    assertThrows(SampleException.class, () -> make(ElementType.COMPLEX64, 1L, 2L));
    ValueSpec sequence = new ValueSpec("s", 0, List.of(), true);
    assertThrows(SampleException.class, () -> GeneratedSamples.make(List.of(sequence), 1, 1));
    ValueSpec unranked = new ValueSpec("s", 1, List.of(), false);
    assertThrows(SampleException.class, () -> GeneratedSamples.make(List.of(unranked), 1, 1));
  }

  @Test
  void tooMuchIsRefusedBeforeItIsAllocated() {
    Long[][] shapes = {{1L << 40}, {1L << 40, 1L << 40}, {1L << 61, 8L}};
    for (Long[] dims : shapes) {
      SampleException e =
          assertThrows(SampleException.class, () -> make(ElementType.FLOAT32, dims));
      assertTrue(e.getMessage().contains("Maybe generate fewer"), e.getMessage());
    }
    List<ValueSpec> inputs = List.of(spec("x", ElementType.FLOAT32, 1L, 1000L));
    assertThrows(SampleException.class, () -> GeneratedSamples.make(inputs, Integer.MAX_VALUE, 1));
  }

  @Test
  void aModelWithoutElementsOrSamplesIsRefused() {
    List<ValueSpec> inputs = List.of(spec("x", ElementType.FLOAT32, 1L));
    assertThrows(SampleException.class, () -> GeneratedSamples.make(inputs, 0, 1));
    assertThrows(SampleException.class, () -> GeneratedSamples.make(List.of(), 1, 1));
  }
}
