package dev.insitu.forge;

import static dev.insitu.elastic.ElementType.BFLOAT16;
import static dev.insitu.elastic.ElementType.FLOAT16;
import static dev.insitu.elastic.ElementType.FLOAT32;
import static dev.insitu.elastic.ElementType.FLOAT64;
import static dev.insitu.elastic.ElementType.INT64;
import static dev.insitu.elastic.ElementType.INT8;
import static dev.insitu.elastic.ElementType.UINT8;
import static dev.insitu.model.WeightRole.BIAS;
import static dev.insitu.model.WeightRole.CONV;
import static dev.insitu.model.WeightRole.MATMUL;
import static dev.insitu.model.WeightRole.OTHER;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.insitu.elastic.Coding;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.TensorSpec;
import dev.insitu.model.WeightRole;
import org.junit.jupiter.api.Test;

class WeightCodingTest {

  private static Coding coding(ElementType type, WeightRole role, long... dims) {
    return WeightCoding.choose(Weights.form(type, role, dims)).coding();
  }

  @Test
  void matricesOfEveryFloatTypeAreCodedInPlanes() {
    assertEquals(Coding.PLANES, coding(FLOAT32, CONV, 8, 3, 3, 3));
    assertEquals(Coding.PLANES, coding(FLOAT16, MATMUL, 8, 8));
    assertEquals(Coding.PLANES, coding(BFLOAT16, MATMUL, 8, 8));
  }

  @Test
  void smallOrFlatFloatTensorsKeepTheirUpperHalves() {
    assertEquals(Coding.VECTOR, coding(FLOAT32, CONV, 7, 9));
    assertEquals(Coding.VECTOR, coding(FLOAT32, BIAS, 4096));
    assertEquals(Coding.VECTOR, coding(FLOAT32, OTHER, 16, 16));
    assertEquals(Coding.VECTOR, coding(FLOAT32, OTHER));
  }

  @Test
  void aLargeTableIsCodedInPlanesWhateverItDoes() {
    assertEquals(Coding.PLANES, coding(FLOAT32, OTHER, 256, 256));
  }

  @Test
  void smallHalvesAndOtherTypesAreBytes() {
    assertEquals(Coding.RAW, coding(FLOAT16, BIAS, 4096));
    assertEquals(Coding.RAW, coding(FLOAT64, MATMUL, 64, 64));
    assertEquals(Coding.RAW, coding(INT64, MATMUL, 64, 64));
  }

  @Test
  void integersAreCodedInPlanesOnlyAsWeightsOfQuantisedOperators() {
    assertEquals(Coding.PLANES, coding(INT8, CONV, 8, 3, 3, 3));
    assertEquals(Coding.PLANES, coding(UINT8, MATMUL, 64, 64));
    assertEquals(Coding.RAW, coding(UINT8, OTHER, 512, 512));
  }

  @Test
  void bytesHaveTheirLengthInBytes() {
    TensorSpec spec = WeightCoding.raw(Weights.form(FLOAT32, OTHER, 5, 5));
    assertEquals(100, spec.length());
    assertEquals(100, spec.byteLength());
  }

  @Test
  void aRowIsAnOutputChannelUnlessThatIsShort() {
    assertEquals(576, WeightCoding.rowLength(new long[] {64, 64, 3, 3}));
    assertEquals(36, WeightCoding.rowLength(new long[] {64, 1, 3, 3}));
    assertEquals(32, WeightCoding.rowLength(new long[] {1000, 1}));
  }

  @Test
  void aRowHasALargestLength() {
    assertEquals(TensorSpec.MAX_ROW, WeightCoding.rowLength(new long[] {1, 1 << 20}));
    assertEquals(TensorSpec.MAX_ROW, WeightCoding.rowLength(new long[] {2, 1L << 40, 1L << 40}));
  }
}
