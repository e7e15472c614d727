package dev.insitu.forge.integer;

/**
 * How the range of a value follows from the numbers seen: what lies outside is clipped, what lies
 * inside has the coarser steps the wider the range is.
 */
public enum Clipping {
  /** From the smallest to the largest number seen: nothing is clipped. */
  MIN_MAX {
    @Override
    ValueRange range(Histogram seen) {
      return ValueRange.of(seen.min(), seen.max());
    }
  },
  /** Without the outer 0.01 % on either side. */
  PERCENTILE {
    @Override
    ValueRange range(Histogram seen) {
      return ValueRange.of(seen.quantile(TAIL), seen.quantile(1 - TAIL));
    }
  },
  /** The range with the least squared error. */
  SQUARED_ERROR {
    @Override
    ValueRange range(Histogram seen) {
      return ClippingSearch.leastSquaredError(seen);
    }
  },
  /** The range that keeps the distribution: least Kullback-Leibler divergence. */
  ENTROPY {
    @Override
    ValueRange range(Histogram seen) {
      return ClippingSearch.leastDivergence(seen);
    }
  };

  private static final double TAIL = 1e-4;

  /** The range for numbers like those seen. */
  abstract ValueRange range(Histogram seen);
}
