package dev.insitu.forge.integer;

import dev.insitu.model.proto.TensorProto.DataType;

/** The 8-bit integers that stand for activations. */
public enum CodeType {
  /** 0 to 255: the fastest kernels on x86. */
  UINT8(DataType.UINT8_VALUE, 0),
  /** -128 to 127. */
  INT8(DataType.INT8_VALUE, -128);

  private static final int STEPS = 255;

  private final int onnx;
  private final int least;

  CodeType(int onnx, int least) {
    this.onnx = onnx;
    this.least = least;
  }

  int onnx() {
    return onnx;
  }

  /** Scale and zero point for a range. */
  Codes codes(ValueRange range) {
    double scale = ((double) range.high() - range.low()) / STEPS;
    if (!(scale >= Float.MIN_NORMAL)) {
      return new Codes(1, least, this); // nothing but zeros was seen
    }
    int zero = least + Math.clamp(Math.round(-range.low() / scale), 0, STEPS);
    return new Codes((float) scale, zero, this);
  }

  /** The code of a number. */
  byte encode(float value, Codes codes) {
    double code = Math.rint(value / codes.scale()) + codes.zero();
    return (byte) Math.clamp(code, least, least + STEPS);
  }

  /**
   * How codes become numbers: (code - zero) * scale.
   *
   * @param zero the code of 0
   */
  record Codes(float scale, int zero, CodeType type) {}
}
