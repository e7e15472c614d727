package dev.insitu.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ElementType;
import dev.insitu.runtime.InferenceException.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TensorTest {

  @Test
  void holdsValuesInTheirTypeAndOrder() {
    assertArrayEquals(new float[] {1, -2}, Tensor.of(new float[] {1, -2}, 2, 1).floats());
    assertArrayEquals(new long[] {Long.MIN_VALUE}, Tensor.of(new long[] {Long.MIN_VALUE}).longs());
    assertArrayEquals(new long[] {3, -4}, Tensor.of(new int[] {3, -4}, 2).longs());
    assertEquals("FLOAT32[2, 1]", Tensor.of(new float[2], 2, 1).toString());
    assertEquals(0x3f, Tensor.of(new float[] {1}, 1).bytes().get(3));
  }

  @Test
  void givesSmallTypesAsLargerOnes() {
    ByteBuffer halves = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    halves.putShort(0, Float.floatToFloat16(1.5f)).putShort(2, (short) 0x7e00);
    Tensor half = Tensor.wrap(ElementType.FLOAT16, halves, 2);
    assertArrayEquals(new float[] {1.5f, Float.NaN}, half.floats());
    assertTrue(half.hasNonFinite());
    ByteBuffer brain = ByteBuffer.wrap(new byte[] {(byte) 0xc0, 0x3f});
    assertArrayEquals(new float[] {1.5f}, Tensor.wrap(ElementType.BFLOAT16, brain, 1).floats());
    Tensor bytes = Tensor.wrap(ElementType.UINT8, ByteBuffer.wrap(new byte[] {-1}), 1);
    assertArrayEquals(new long[] {255}, bytes.longs());
    assertFalse(bytes.hasNonFinite());
  }

  @Test
  void isEqualToOneOfTheSameTypeShapeAndBytes() {
    assertEquals(Tensor.of(new float[] {1, 2}, 2), Tensor.of(new float[] {1, 2}, 2));
    assertNotEquals(Tensor.of(new float[] {1, 2}, 2), Tensor.of(new float[] {1, 2}, 1, 2));
    assertNotEquals(Tensor.of(new float[] {0}, 1), Tensor.of(new int[] {0}, 1));
  }

  @Test
  void cannotBeWrittenTo() {
    Tensor tensor = Tensor.zeros(ElementType.FLOAT32, 2);
    assertThrows(ReadOnlyBufferException.class, () -> tensor.bytes().put(0, (byte) 1));
    tensor.shape()[0] = 9;
    assertEquals(2, tensor.shape()[0]);
  }

  @Test
  void scalarsAndEmptyTensorsExist() {
    assertEquals(1, Tensor.of(new float[] {5}).size());
    assertEquals(0, Tensor.of(new float[0], 0, 3).size());
    assertEquals(0, Tensor.of(new float[0], Long.MAX_VALUE, 0).size());
  }

  @Test
  void refusesShapesThatDoNotFit() {
    refused(() -> Tensor.of(new float[3], 2, 2), "has 4 elements; 3 were given");
    refused(() -> Tensor.of(new float[1], -1), "negative dimension");
    refused(() -> Tensor.of(new float[0], Long.MAX_VALUE, 2), "elements; 0 were given");
    refused(() -> Tensor.zeros(ElementType.INT64, 1L << 40, 1L << 40), "at most");
    refused(() -> Tensor.zeros(ElementType.INT64, 1L << 29), "at most");
    refused(() -> Tensor.zeros(ElementType.INT64, new long[65]), "at most 64 dimensions");
    refused(
        () -> Tensor.wrap(ElementType.FLOAT32, ByteBuffer.allocate(5), 1),
        "has 4 bytes; the buffer holds 5");
  }

  @Test
  void refusesTheWrongView() {
    refused(() -> Tensor.zeros(ElementType.INT8, 1).floats(), "no floating elements");
    refused(() -> Tensor.zeros(ElementType.FLOAT32, 1).longs(), "no integer elements");
  }

  @ParameterizedTest
  @EnumSource(names = {"COMPLEX64", "INT4", "FLOAT8E4M3FN", "UINT2"})
  void refusesTypesTheEngineCannotTake(ElementType type) {
    InferenceException refusal =
        assertThrows(InferenceException.class, () -> Tensor.zeros(type, 2));
    assertEquals(Reason.UNSUPPORTED, refusal.reason());
  }

  private static void refused(org.junit.jupiter.api.function.Executable action, String words) {
    InferenceException refusal = assertThrows(InferenceException.class, action);
    assertEquals(Reason.INPUT, refusal.reason());
    assertTrue(refusal.getMessage().contains(words), refusal.getMessage());
  }
}
