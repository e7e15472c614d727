package dev.insitu.runtime.features;

import dev.insitu.elastic.codec.Steps;

/**
 * The values that a tensor, or a channel of one, can have at the other end: multiples of a step,
 * counted from an origin.
 *
 * @param step its code in {@link Steps}
 * @param origin the multiple that the code 0 stands for; 0 where zero is among the values or near
 */
record Grid(int step, int origin) {

  /** Farthest origin. */
  static final int MOST_ORIGIN = 1 << CodeModel.MOST_BITS;

  /** A grid is never finer than this share of the largest magnitude: float32 knows no more. */
  private static final double FINEST = 0x1p-20;

  /** Shares of the range that the levels are spread over; what is beyond is coded all the same. */
  private static final double[] SHARES = {1, 0.85, 0.7, 0.6, 0.5, 0.4, 0.32, 0.25, 0.18};

  private static final int LOOKED_AT = 8192;

  /**
   * The grid for some values, with the step for which the squared error is least if so many bits
   * were all there is for a code. As codes are entropy coded, the few values beyond keep their
   * codes instead of being cut off.
   *
   * @param values finite, at least one
   */
  static Grid of(float[] values, int bits) {
    double low = values[0];
    double high = values[0];
    for (float value : values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    boolean far = Math.max(low, -high) > high - low;
    if (!far) {
      low = Math.min(low, 0);
      high = Math.max(high, 0);
    }
    double finest = FINEST * Math.max(-low, high);
    int levels = (1 << bits) - 1;
    if (far) {
      int step = code(Math.max(finest, (high - low) / levels));
      return new Grid(step, (int) Math.rint(low / Steps.value(step)));
    }
    int best = Steps.MIN;
    double least = Double.POSITIVE_INFINITY;
    for (double share : SHARES) {
      int step = code(Math.max(finest, share * (high - low) / levels));
      double error = error(values, Steps.value(step), share * low, share * high);
      if (error < least) {
        least = error;
        best = step;
      }
    }
    return new Grid(best, 0);
  }

  private static int code(double step) {
    return Steps.nearest((float) Math.min(step, Float.MAX_VALUE));
  }

  /** The squared error, of many values only some being looked at. */
  private static double error(float[] values, double step, double low, double high) {
    double lowest = Math.rint(low / step);
    double highest = Math.rint(high / step);
    int stride = Math.max(1, values.length / LOOKED_AT);
    double sum = 0;
    for (int i = 0; i < values.length; i += stride) {
      double code = Math.max(lowest, Math.min(highest, Math.rint(values[i] / step)));
      double apart = values[i] - code * step;
      sum += apart * apart;
    }
    return sum;
  }

  /** The code of a value. */
  int code(float value) {
    return (int) Math.rint((double) value / Steps.value(step)) - origin;
  }

  /** The value of a code; infinite beyond what float32 knows. */
  float value(int code) {
    return (float) (((double) code + origin) * Steps.value(step));
  }
}
