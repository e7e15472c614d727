package dev.insitu.elastic.codec;

/** Sixteen-bit floats: conversions between their bits and float32. No NaN goes through here. */
final class Half {

  private static final int FLOAT16_INFINITY = 0x7c00;
  private static final int FLOAT16_MAX = 0x7bff;
  private static final float FLOAT16_SUBNORMAL_UNIT = 0x1p-24f;
  private static final float FLOAT16_MIN_NORMAL = 0x1p-14f;

  private Half() {}

  /** The value of float16 bits, exact. */
  static float float16ToFloat(int bits) {
    int magnitude = bits & 0x7fff;
    float value;
    if (magnitude < 0x400) {
      value = magnitude * FLOAT16_SUBNORMAL_UNIT;
    } else if (magnitude >= FLOAT16_INFINITY) {
      value = Float.intBitsToFloat(0x7f800000 | (magnitude & 0x3ff) << 13);
    } else {
      value = Float.intBitsToFloat((magnitude << 13) + (112 << 23));
    }
    return (bits & 0x8000) == 0 ? value : -value;
  }

  /** The value of bfloat16 bits, exact. */
  static float bfloat16ToFloat(int bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /** The float16 nearest to {@code value}, ties to even. */
  static int toFloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & 0x8000;
    int magnitude = bits & 0x7fffffff;
    if (magnitude >= 0x47800000) { // 65536
      return sign | FLOAT16_INFINITY;
    }
    if (magnitude < 0x38800000) { // 2^-14
      return sign | (int) Math.rint(Math.abs(value) / FLOAT16_SUBNORMAL_UNIT);
    }
    return sign | roundBits(magnitude - (112 << 23), 13);
  }

  /** The bfloat16 nearest to {@code value}, ties to even. */
  static int toBfloat16(float value) {
    return roundBits(Float.floatToRawIntBits(value), 16) & 0xffff;
  }

  /** The largest float16 at most {@code value}, as bits. {@code value} is finite, not negative. */
  static int floorFloat16(float value) {
    if (value < FLOAT16_MIN_NORMAL) {
      return (int) (value / FLOAT16_SUBNORMAL_UNIT);
    }
    int bits = (Float.floatToRawIntBits(value) - (112 << 23)) >> 13;
    return Math.min(bits, FLOAT16_MAX);
  }

  /** The largest bfloat16 at most {@code value}, as bits. {@code value} is finite, not negative. */
  static int floorBfloat16(float value) {
    return Float.floatToRawIntBits(value) >>> 16;
  }

  /** Drops low bits, to the nearest, ties to even; a carry runs into the exponent as it should. */
  private static int roundBits(int bits, int dropped) {
    int odd = bits >>> dropped & 1;
    return bits + (1 << dropped - 1) - 1 + odd >>> dropped;
  }
}
