package dev.insitu.elastic.codec;

import java.math.BigDecimal;

/** The format's definitions of rebuilt values, one element at a time, in exact numbers. */
final class Oracle {

  private Oracle() {}

  /** The value of a code with the planes below {@code level} missing, as a float32. */
  static float rebuilt(int code, boolean negative, int level, int rho, float step) {
    int kept = code >> level;
    if (kept == 0) {
      return 0;
    }
    BigDecimal sixteenths = BigDecimal.valueOf((16L * kept + rho) << level);
    float value =
        sixteenths.multiply(new BigDecimal(step)).divide(BigDecimal.valueOf(16)).floatValue();
    return negative ? -value : value;
  }

  /** The weight that an integer code stands for. */
  static int rebuiltInteger(int code, boolean negative, int level, int rho, int zeroPoint) {
    int kept = code >> level;
    int magnitude = kept == 0 ? 0 : (kept << level) + ((rho << level) >> 4);
    return zeroPoint + (negative ? -magnitude : magnitude);
  }
}
