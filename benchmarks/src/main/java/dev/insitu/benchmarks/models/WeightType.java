package dev.insitu.benchmarks.models;

import dev.insitu.model.proto.TensorProto;

/** How a tensor's numbers are stored. */
public enum WeightType {
  FLOAT32("float32", Float.BYTES, TensorProto.DataType.FLOAT_VALUE),
  FLOAT16("float16", Short.BYTES, TensorProto.DataType.FLOAT16_VALUE),
  BFLOAT16("bfloat16", Short.BYTES, TensorProto.DataType.BFLOAT16_VALUE);

  private static final int BFLOAT16_SHIFT = 16;

  private final String id;
  private final int bytes;
  private final int onnx;

  WeightType(String id, int bytes, int onnx) {
    this.id = id;
    this.bytes = bytes;
    this.onnx = onnx;
  }

  /** Bytes of one number. */
  public int bytes() {
    return bytes;
  }

  /** The value of TensorProto.DataType. */
  int onnx() {
    return onnx;
  }

  /** The upper half of a finite float, rounded to nearest, ties to even. */
  static short bfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    int half = (1 << (BFLOAT16_SHIFT - 1)) - 1;
    return (short) ((bits + half + ((bits >>> BFLOAT16_SHIFT) & 1)) >>> BFLOAT16_SHIFT);
  }

  @Override
  public String toString() {
    return id;
  }
}
