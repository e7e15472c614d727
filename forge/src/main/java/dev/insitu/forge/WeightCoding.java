package dev.insitu.forge;

import dev.insitu.elastic.Coding;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.TensorSpec;
import dev.insitu.model.Weight;
import dev.insitu.model.WeightRole;

/** Decides how each weight is coded (format, section 2). */
final class WeightCoding {

  /** Bit planes after the base group: with steps of 1/64 of the spread the base has about 1.5 bits per weight, every plane one more. */
  static final int LEVELS = 6;

  private static final int FEWEST_CODED = 64;
  private static final int SHORTEST_ROW = 32;

  private WeightCoding() {}

  /** The tensor of a weight, before its values have been seen. */
  static TensorSpec choose(Weight weight) {
    ElementType type = ElementType.ofOnnx(weight.elementType());
    long elements = weight.elements();
    boolean matrix = weight.dims().length >= 2 && elements >= FEWEST_CODED && isMultiplied(weight.role(), elements);
    boolean planes =
        switch (type) {
          case FLOAT32, FLOAT16, BFLOAT16 -> matrix;
          case INT8, UINT8 -> matrix && weight.role().isMatrix();
          default -> false;
        };
    if (planes) {
      return new TensorSpec(weight.name(), type, Coding.PLANES, elements, rowLength(weight), LEVELS);
    }
    return type == ElementType.FLOAT32
        ? new TensorSpec(weight.name(), type, Coding.VECTOR, elements, 0, 0)
        : raw(weight);
  }

  /** The weight as bytes, whatever they are. */
  static TensorSpec raw(Weight weight) {
    return new TensorSpec(weight.name(), ElementType.ofOnnx(weight.elementType()), Coding.RAW, weight.byteLength(), 0, 0);
  }

  /** Scales, biases and other tables are small and act on much: they keep 8 bits of mantissa from the start. */
  private static boolean isMultiplied(WeightRole role, long elements) {
    return role.isMatrix() || elements >= TensorSpec.MAX_ROW;
  }

  /**
   * Elements that share a step: an output channel where those lie together, several where one is short, so that steps stay below a tenth of
   * the bits.
   */
  static int rowLength(Weight weight) {
    long[] dims = weight.dims();
    long row = 1;
    for (int d = 1; d < dims.length; d++) {
      row *= dims[d];
    }
    if (row > TensorSpec.MAX_ROW) {
      return TensorSpec.MAX_ROW;
    }
    long rows = (SHORTEST_ROW + row - 1) / row;
    return (int) Math.min(row * rows, TensorSpec.MAX_ROW);
  }
}
