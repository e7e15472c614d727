package dev.insitu.elastic.codec;

/** Codes to values at a level (format, section 3). A code's sign stands above its magnitude. */
final class Rebuild {

  private Rebuild() {}

  /**
   * For every code the value in sixteenths of a step, which is an integer below 2^20.
   *
   * <p>A sixteenth of a step has four bits, so its product with this rounds only if the result is
   * subnormal or infinite, and then once.
   *
   * @return [2^(planeCount + 1)]
   */
  static float[] sixteenths(int planeCount, int level, int rho) {
    int magnitudes = 1 << planeCount;
    float[] table = new float[2 * magnitudes];
    for (int code = 1 << level; code < magnitudes; code++) {
      int scaled = ((code >> level << 4) + rho) << level;
      table[code] = scaled;
      table[magnitudes + code] = -scaled;
    }
    return table;
  }

  /** Multiplies each code's entry of the table by the element's factor. */
  static void floats(CodeTile tile, float[] table, float[] factors, float[] target) {
    char[] codes = tile.codes;
    int count = tile.count();
    for (int i = 0; i < count; i++) {
      target[i] = table[codes[i]] * factors[i];
    }
  }

  /** For every code of an integer block the weight, clamped to {@code min} .. {@code min} + 255. */
  static byte[] integers(int planeCount, int level, int rho, int zeroPoint, int min) {
    int magnitudes = 1 << planeCount;
    byte[] table = new byte[2 * magnitudes];
    for (int code = 0; code < magnitudes; code++) {
      int kept = code >> level << level;
      int rebuilt = kept == 0 ? 0 : kept + (rho << level >> 4);
      table[code] = clamp(zeroPoint + rebuilt, min);
      table[magnitudes + code] = clamp(zeroPoint - rebuilt, min);
    }
    return table;
  }

  /** Looks each code up. */
  static void bytes(CodeTile tile, byte[] table, byte[] target) {
    char[] codes = tile.codes;
    int count = tile.count();
    for (int i = 0; i < count; i++) {
      target[i] = table[codes[i]];
    }
  }

  private static byte clamp(int value, int min) {
    return (byte) Math.max(min, Math.min(min + 255, value));
  }
}
