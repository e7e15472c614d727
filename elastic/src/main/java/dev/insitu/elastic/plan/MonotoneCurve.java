package dev.insitu.elastic.plan;

import java.util.Arrays;

/**
 * A smooth curve through points that never falls: a cubic between each two neighbours, of which the
 * slopes at the points are limited so that it does not swing (Fritsch and Carlson, "Monotone
 * Piecewise Cubic Interpolation", SIAM J. Numer. Anal. 17, 1980). Points that fall, as measured
 * ones may by chance, are first drawn to the mean of their neighbours (pool adjacent violators,
 * Ayer et al. 1955). Beyond the last point it stays level, before the first there is none.
 */
final class MonotoneCurve {

  private final double[] x;
  private final double[] y;
  private final double[] slopes;

  private MonotoneCurve(double[] x, double[] y) {
    this.x = x;
    this.y = y;
    this.slopes = slopes(x, y);
  }

  /**
   * The curve through points.
   *
   * @param x strictly ascending, at least one
   * @param y as many
   */
  static MonotoneCurve through(double[] x, double[] y) {
    if (x.length == 0 || x.length != y.length) {
      throw new IllegalArgumentException(x.length + " places of " + y.length + " values");
    }
    for (int i = 1; i < x.length; i++) {
      if (!(x[i] > x[i - 1])) {
        throw new IllegalArgumentException(x[i] + " after " + x[i - 1]);
      }
    }
    return new MonotoneCurve(x.clone(), ascending(y));
  }

  /** The nearest values, by squares, that never fall. */
  static double[] ascending(double[] values) {
    double[] means = new double[values.length];
    int[] counts = new int[values.length];
    int blocks = 0;
    for (double value : values) {
      means[blocks] = value;
      counts[blocks++] = 1;
      while (blocks > 1 && means[blocks - 2] > means[blocks - 1]) {
        int both = counts[blocks - 2] + counts[blocks - 1];
        means[blocks - 2] =
            (means[blocks - 2] * counts[blocks - 2] + means[blocks - 1] * counts[blocks - 1])
                / both;
        counts[blocks - 2] = both;
        blocks--;
      }
    }
    double[] ascending = new double[values.length];
    int next = 0;
    for (int block = 0; block < blocks; block++) {
      Arrays.fill(ascending, next, next + counts[block], means[block]);
      next += counts[block];
    }
    return ascending;
  }

  private static double[] slopes(double[] x, double[] y) {
    int last = x.length - 1;
    double[] slopes = new double[x.length];
    for (int i = 1; i < last; i++) {
      double before = secant(x, y, i - 1);
      double after = secant(x, y, i);
      if (before > 0 && after > 0) { // a weighted harmonic mean: at most three times the lesser
        double a = 2 * (x[i + 1] - x[i]) + (x[i] - x[i - 1]);
        double b = (x[i + 1] - x[i]) + 2 * (x[i] - x[i - 1]);
        slopes[i] = (a + b) / (a / before + b / after);
      }
    }
    if (last > 0) {
      slopes[0] = secant(x, y, 0);
      slopes[last] = last > 1 ? Math.min(secant(x, y, last - 1), 3 * slopes[last - 1]) : slopes[0];
    }
    return slopes;
  }

  private static double secant(double[] x, double[] y, int i) {
    return (y[i + 1] - y[i]) / (x[i + 1] - x[i]);
  }

  /** Its height; NaN before the first point. */
  double at(double place) {
    int last = x.length - 1;
    if (!(place >= x[0])) {
      return Double.NaN;
    }
    if (place >= x[last]) {
      return y[last];
    }
    int found = Arrays.binarySearch(x, place);
    int i = found >= 0 ? found : -found - 2;
    double width = x[i + 1] - x[i];
    double t = (place - x[i]) / width;
    double rest = 1 - t;
    double value =
        y[i] * rest * rest * (1 + 2 * t)
            + y[i + 1] * t * t * (3 - 2 * t)
            + width * t * rest * (slopes[i] * rest - slopes[i + 1] * t);
    return Math.max(y[i], Math.min(y[i + 1], value));
  }
}
