package dev.insitu.elastic.codec;

import dev.insitu.elastic.ElementType;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** The format's definitions of codes and rebuilt values, one element at a time, in exact numbers. */
final class Oracle {

  private Oracle() {}

  /** The largest m with m * step at most |weight|. */
  static int code(float weight, float step) {
    return new BigDecimal(Math.abs(weight))
        .divide(new BigDecimal(step), MathContext.UNLIMITED.getPrecision() == 0 ? exact() : exact())
        .setScale(0, RoundingMode.FLOOR)
        .intValueExact();
  }

  private static MathContext exact() {
    return new MathContext(400, RoundingMode.FLOOR);
  }

  /** The value of a code with the planes below {@code level} missing, in the type's precision. */
  static float rebuilt(
      ElementType type, int code, boolean negative, int level, int rho, float step) {
    int kept = code >> level;
    if (kept == 0) {
      return 0;
    }
    BigDecimal sixteenths = BigDecimal.valueOf((16L * kept + rho) << level);
    BigDecimal value = sixteenths.multiply(new BigDecimal(step)).divide(BigDecimal.valueOf(16));
    float rounded = value.floatValue();
    float typed =
        switch (type) {
          case FLOAT16 -> Float.float16ToFloat(Float.floatToFloat16(rounded));
          case BFLOAT16 -> bfloat16(rounded);
          default -> rounded;
        };
    return negative ? -typed : typed;
  }

  private static float bfloat16(float value) {
    float below = Float.intBitsToFloat(Float.floatToRawIntBits(value) & 0xffff0000);
    float above = Float.intBitsToFloat((Float.floatToRawIntBits(value) & 0xffff0000) + 0x10000);
    double middle = ((double) below + above) / 2;
    boolean evenBelow = (Float.floatToRawIntBits(below) & 0x10000) == 0;
    return value < middle || value == middle && evenBelow ? below : above;
  }
}
