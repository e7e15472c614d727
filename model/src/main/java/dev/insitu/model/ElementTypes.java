package dev.insitu.model;

import dev.insitu.model.proto.TensorProto.DataType;
import java.util.Locale;

/**
 * Sizes and kinds of ONNX's tensor element types, by their number in {@code TensorProto.DataType}.
 */
public final class ElementTypes {

  private ElementTypes() {}

  /**
   * Bits of one element as {@code raw_data} stores it.
   *
   * @return 0 for strings and unknown numbers
   */
  public static int bits(int elementType) {
    DataType type = DataType.forNumber(elementType);
    if (type == null) {
      return 0;
    }
    return switch (type) {
      case UNDEFINED, STRING -> 0;
      case INT2, UINT2 -> 2;
      case INT4, UINT4, FLOAT4E2M1 -> 4;
      case FLOAT6E2M3, FLOAT6E3M2 -> 6;
      case BOOL, INT8, UINT8 -> 8;
      case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ, FLOAT8E8M0 -> 8;
      case INT16, UINT16, FLOAT16, BFLOAT16 -> 16;
      case INT32, UINT32, FLOAT -> 32;
      case INT64, UINT64, DOUBLE, COMPLEX64 -> 64;
      case COMPLEX128 -> 128;
    };
  }

  /** Whether elements are floating-point numbers of any width. */
  public static boolean isFloat(int elementType) {
    DataType type = DataType.forNumber(elementType);
    return type != null
        && switch (type) {
          case FLOAT, DOUBLE, FLOAT16, BFLOAT16, FLOAT8E4M3FN, FLOAT8E4M3FNUZ -> true;
          case FLOAT8E5M2, FLOAT8E5M2FNUZ, FLOAT4E2M1, FLOAT8E8M0, FLOAT6E2M3, FLOAT6E3M2 -> true;
          default -> false;
        };
  }

  /** ONNX's name of the type in lower case, such as "float16"; "type 99" for an unknown number. */
  public static String name(int elementType) {
    DataType type = DataType.forNumber(elementType);
    return type == null ? "type " + elementType : type.name().toLowerCase(Locale.ROOT);
  }

  /**
   * The number of elements of a shape; 1 for a scalar.
   *
   * @throws OnnxException if a dimension is negative or the product exceeds 2^63 - 1
   */
  public static long elements(long[] dims) {
    boolean empty = false;
    for (long dim : dims) {
      if (dim < 0) {
        throw new OnnxException("shape " + Dims.text(dims) + " has the negative dimension " + dim);
      }
      empty |= dim == 0;
    }
    if (empty) {
      return 0;
    }
    long product = 1;
    for (long dim : dims) {
      if (product > Long.MAX_VALUE / dim) {
        throw new OnnxException("shape " + Dims.text(dims) + " has more than 2^63 - 1 elements");
      }
      product *= dim;
    }
    return product;
  }

  /**
   * Bytes of that many elements, the last byte padded for types below eight bits.
   *
   * @throws OnnxException if the type has no fixed size or the bytes exceed 2^60
   */
  public static long byteLength(int elementType, long elements) {
    int bits = bits(elementType);
    if (bits == 0) {
      throw new OnnxException("element " + name(elementType) + " has no fixed size");
    }
    if (elements > (1L << 60) / bits) {
      throw new OnnxException(
          elements + " elements of " + name(elementType) + " exceed 2^57 bytes");
    }
    return (elements * bits + 7) / 8;
  }
}
