package dev.insitu.forge.integer;

/**
 * Searches the range with the least loss.
 *
 * <p>Both ends shrink in steps towards 0. The squared error is that of 255 steps, summed over the
 * histogram; ends are moved by turns, as the loss of either depends on the other only through the
 * common step. The divergence is that of the clipped distribution against itself in 255 bins of
 * equal width, what is clipped added to the outermost (S. Migacz, 8-bit inference with TensorRT,
 * 2017).
 */
final class ClippingSearch {

  private static final int STEPS = 255;
  private static final int TRIES = 100;
  private static final int FEWEST_TRIES_LEFT = 20; // of TRIES: a range is not below a fifth
  private static final int TURNS = 3;
  private static final double TINY = 1e-12;

  private final Histogram seen;
  private final Loss loss;

  private interface Loss {
    double of(double low, double high);
  }

  private ClippingSearch(Histogram seen, boolean divergence) {
    this.seen = seen;
    this.loss = divergence ? this::divergence : this::squaredError;
  }

  static ValueRange leastSquaredError(Histogram seen) {
    return new ClippingSearch(seen, false).search();
  }

  static ValueRange leastDivergence(Histogram seen) {
    return new ClippingSearch(seen, true).search();
  }

  private ValueRange search() {
    double low = Math.min(0, seen.min());
    double high = Math.max(0, seen.max());
    double fullLow = low;
    double fullHigh = high;
    if (seen.count() == 0 || fullLow == fullHigh) {
      return ValueRange.of(low, high);
    }
    for (int turn = 0; turn < TURNS; turn++) {
      double lowBefore = low;
      double highBefore = high;
      double fixedLow = low;
      high = best(fullHigh, end -> loss.of(fixedLow, end));
      double fixedHigh = high;
      low = best(fullLow, end -> loss.of(end, fixedHigh));
      if (low == lowBefore && high == highBefore) {
        break;
      }
    }
    return ValueRange.of(low, high);
  }

  private static double best(double full, java.util.function.DoubleUnaryOperator loss) {
    double best = full;
    double least = loss.applyAsDouble(full);
    for (int left = TRIES - 1; full != 0 && left >= FEWEST_TRIES_LEFT; left--) {
      double end = full * left / TRIES;
      double found = loss.applyAsDouble(end);
      if (found < least) {
        least = found;
        best = end;
      }
    }
    return best;
  }

  private double squaredError(double low, double high) {
    double step = (high - low) / STEPS;
    double inside = step * step / 12;
    double sum = 0;
    int[] bins = seen.occupied();
    for (int bin = bins[0]; bin <= bins[1]; bin++) {
      long count = seen.count(bin);
      if (count > 0) {
        double value = seen.middle(bin);
        double beyond = Math.max(low - value, value - high);
        boolean zero = Math.abs(value) < seen.width(); // 0 is met exactly
        sum += count * (beyond > 0 ? beyond * beyond + inside : zero ? 0 : inside);
      }
    }
    return sum;
  }

  /** Sum of p log (p / q), q being p spread evenly over the filled bins of each coarse one. */
  private double divergence(double low, double high) {
    double width = (high - low) / STEPS;
    double[] coarse = new double[STEPS];
    int[] filled = new int[STEPS];
    double[] clipped = new double[2]; // below, above
    double kept = 0;
    int[] bins = seen.occupied();
    for (int bin = bins[0]; bin <= bins[1]; bin++) {
      double value = seen.middle(bin);
      long count = counted(bin);
      if (value < low || value > high) {
        clipped[value < low ? 0 : 1] += count;
      } else if (count > 0) {
        int at = Math.clamp((long) ((value - low) / width), 0, STEPS - 1);
        coarse[at] += count;
        filled[at]++;
        kept += count;
      }
    }
    if (kept == 0) {
      return Double.MAX_VALUE;
    }
    double total = kept + clipped[0] + clipped[1];
    double sum = 0;
    double lastP = clipped[0]; // what is clipped joins the first and the last bin
    double lastQ = 0;
    for (int bin = bins[0]; bin <= bins[1]; bin++) {
      double value = seen.middle(bin);
      if (counted(bin) > 0 && value >= low && value <= high) {
        int at = Math.clamp((long) ((value - low) / width), 0, STEPS - 1);
        if (lastQ > 0) {
          sum += term(lastP / total, lastQ / kept);
          lastP = 0;
        }
        lastP += counted(bin);
        lastQ = coarse[at] / filled[at];
      }
    }
    return sum + term((lastP + clipped[1]) / total, lastQ / kept);
  }

  /** Zeros are met exactly, so the many that a Relu leaves say nothing. */
  private long counted(int bin) {
    return seen.middle(bin) > 0 && seen.middle(bin) < seen.width() ? 0 : seen.count(bin);
  }

  private static double term(double p, double q) {
    return p <= 0 ? 0 : p * Math.log(p / Math.max(q, TINY));
  }
}
