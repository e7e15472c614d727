package dev.insitu.train.ops;

/**
 * One dimension of a picture that is resized.
 *
 * @param from its size
 * @param to its new size
 * @param scale new size over old, before rounding down
 * @param coordinates ONNX's name of how new positions become old ones
 * @param rounding ONNX's name of how the nearest element is found
 */
record ResizedAxis(long from, long to, float scale, String coordinates, String rounding) {

  /** Which old position a new element stands at; in float32, as runtimes compute it. */
  private float position(long x, OpCall c) {
    return switch (coordinates) {
      case "half_pixel" -> (x + 0.5f) / scale - 0.5f;
      case "half_pixel_symmetric" -> {
        float adjustment = to / (scale * from);
        yield from / 2f * (1 - adjustment) + (x + 0.5f) / scale - 0.5f;
      }
      case "pytorch_half_pixel" -> to > 1 ? (x + 0.5f) / scale - 0.5f : 0;
      case "align_corners" -> to > 1 ? x * (float) (from - 1) / (to - 1) : 0;
      case "asymmetric" -> x / scale;
      default -> throw c.lacks("coordinate_transformation_mode " + coordinates);
    };
  }

  private long nearest(long x, OpCall c) {
    float at = position(x, c);
    double whole =
        switch (rounding) {
          case "floor" -> Math.floor(at);
          case "ceil" -> Math.ceil(at);
          case "round_prefer_ceil" -> Math.floor(at + 0.5f);
          case "round_prefer_floor" -> Math.ceil(at - 0.5f);
          default -> throw c.lacks("nearest_mode " + rounding);
        };
    return Math.clamp((long) whole, 0, from - 1);
  }

  /** Whether each element is repeated the same number of times. */
  boolean isEvenlyRepeated() {
    return from > 0
        && to % from == 0
        && scale == (float) to / from
        && (coordinates.equals("asymmetric") && rounding.equals("floor")
            || coordinates.equals("half_pixel") && rounding.startsWith("round"));
  }

  /** {@code float[from][to]}: the share of each old element in each new one. */
  float[] matrix(boolean nearest, OpCall c) {
    float[] matrix = new float[Math.toIntExact(from * to)];
    for (int x = 0; x < to; x++) {
      if (nearest) {
        matrix[(int) (nearest(x, c) * to) + x] = 1;
        continue;
      }
      float at = Math.clamp(position(x, c), 0f, from - 1f);
      int low = (int) at;
      int high = (int) Math.min(from - 1, low + 1L);
      matrix[(int) (low * to) + x] += 1 - (at - low);
      matrix[(int) (high * to) + x] += at - low;
    }
    return matrix;
  }
}
