package dev.insitu.forge;

import dev.insitu.elastic.Coding;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.TensorSpec;
import dev.insitu.model.Weight;
import dev.insitu.model.WeightRole;

/** Decides how each weight is coded (format, section 2). */
final class WeightCoding {

  /**
   * Bit planes after the base group: the base has about 1.5 bits per weight, every plane one more.
   */
  static final int LEVELS = 6;

  private static final int FEWEST_CODED = 64;
  private static final int SHORTEST_ROW = 32;

  private WeightCoding() {}

  /** The tensor of a weight, before its values have been seen. */
  static TensorSpec choose(Weight weight) {
    ElementType type = ElementType.ofOnnx(weight.elementType());
    long elements = weight.elements();
    boolean matrix =
        weight.dims().length >= 2
            && elements >= FEWEST_CODED
            && isMultiplied(weight.role(), elements);
    boolean planes =
        switch (type) {
          case FLOAT32, FLOAT16, BFLOAT16 -> matrix;
          case INT8, UINT8 -> matrix && weight.role().isMatrix();
          default -> false;
        };
    if (planes) {
      int rowLength = rowLength(weight.dims());
      return new TensorSpec(weight.name(), type, Coding.PLANES, elements, rowLength, LEVELS);
    }
    return type == ElementType.FLOAT32
        ? new TensorSpec(weight.name(), type, Coding.VECTOR, elements, 0, 0)
        : raw(weight);
  }

  /** The weight as bytes, whatever they are. */
  static TensorSpec raw(Weight weight) {
    ElementType type = ElementType.ofOnnx(weight.elementType());
    return new TensorSpec(weight.name(), type, Coding.RAW, weight.byteLength(), 0, 0);
  }

  /** Scales, biases and small tables act on much: they keep 8 bits of mantissa from the start. */
  private static boolean isMultiplied(WeightRole role, long elements) {
    return role.isMatrix() || elements >= TensorSpec.MAX_ROW;
  }

  /**
   * Elements that share a step: an output channel where those lie together, several where one is
   * short, so that steps stay below a tenth of the bits.
   */
  static int rowLength(long[] dims) {
    long row = 1;
    for (int d = 1; d < dims.length; d++) {
      row = Math.min(TensorSpec.MAX_ROW, row * dims[d]); // dims of a coded tensor are not 0
    }
    long rows = (SHORTEST_ROW + row - 1) / row;
    return (int) Math.min(row * rows, TensorSpec.MAX_ROW);
  }
}
