package dev.insitu.elastic;

/**
 * The ONNX tensor element types that weights have, with their number in ONNX's {@code
 * TensorProto.DataType}.
 */
public enum ElementType {
  FLOAT32(1, 4, true),
  UINT8(2, 1, false),
  INT8(3, 1, false),
  UINT16(4, 2, false),
  INT16(5, 2, false),
  INT32(6, 4, false),
  INT64(7, 8, false),
  BOOL(9, 1, false),
  FLOAT16(10, 2, true),
  FLOAT64(11, 8, true),
  UINT32(12, 4, false),
  UINT64(13, 8, false),
  COMPLEX64(14, 8, false),
  COMPLEX128(15, 16, false),
  BFLOAT16(16, 2, true),
  FLOAT8E4M3FN(17, 1, false),
  FLOAT8E4M3FNUZ(18, 1, false),
  FLOAT8E5M2(19, 1, false),
  FLOAT8E5M2FNUZ(20, 1, false),
  /** Two elements a byte. */
  UINT4(21, 1, false),
  /** Two elements a byte. */
  INT4(22, 1, false),
  FLOAT4E2M1(23, 1, false),
  FLOAT8E8M0(24, 1, false),
  /** Four elements a byte. */
  UINT2(25, 1, false),
  /** Four elements a byte. */
  INT2(26, 1, false);

  private static final ElementType[] VALUES = values();

  private final int onnx;
  private final int bytes;
  private final boolean floating;

  ElementType(int onnx, int bytes, boolean floating) {
    this.onnx = onnx;
    this.bytes = bytes;
    this.floating = floating;
  }

  /** The number in ONNX's {@code TensorProto.DataType}. */
  public int onnx() {
    return onnx;
  }

  /** Bytes of one element; 1 for types that pack several into a byte. */
  public int bytes() {
    return bytes;
  }

  /** Whether values are IEEE or bfloat16 numbers with an order on their bits. */
  public boolean floating() {
    return floating;
  }

  /**
   * The type with that ONNX number.
   *
   * @throws ElasticException TOO_NEW if the number is unknown
   */
  public static ElementType ofOnnx(int number) {
    for (ElementType type : VALUES) {
      if (type.onnx == number) {
        return type;
      }
    }
    throw new ElasticException(
        ElasticException.Reason.TOO_NEW,
        "ONNX data type " + number + " is unknown.\nMaybe a newer version of Insitu reads it.");
  }
}
