package dev.insitu.benchmarks.models;

/**
 * Seeded random numbers that are the same bits on every machine and Java version.
 *
 * <p>Implementation note: SplitMix64 (Steele, Lea, Flood 2014) feeds a ziggurat of 128 layers
 * (Marsaglia and Tsang 2000, in the 53-bit form of Doornik 2005): about one multiplication and one
 * comparison for 98 % of the normals. {@code StrictMath} keeps the rest exact. Not thread-safe.
 */
final class Randomness {
  private static final int LAYERS = 128;
  private static final double TAIL_START = 3.442619855899;
  private static final double LAYER_AREA = 9.91256303526217e-3;
  private static final double[] EDGE = edges();
  private static final double[] RATIO = ratios();

  private static final long GAMMA = 0x9E3779B97F4A7C15L;
  private static final int UNIT_SHIFT = 11;

  private long state;

  /** A stream of its own for every pair of seed and name. */
  Randomness(long seed, String name) {
    long hash = mix(seed + GAMMA);
    for (int i = 0; i < name.length(); i++) {
      hash = mix(hash + GAMMA * (name.charAt(i) + 1));
    }
    this.state = hash;
  }

  /** Sixty-four random bits. */
  long bits() {
    state += GAMMA;
    return mix(state);
  }

  /** Even over 0 (inclusive) to 1 (exclusive). */
  double uniform() {
    return (bits() >>> UNIT_SHIFT) * 0x1p-53;
  }

  /** Normal with mean 0 and variance 1. */
  double gaussian() {
    while (true) {
      long bits = bits();
      int layer = (int) bits & (LAYERS - 1);
      double unit = (bits >> UNIT_SHIFT) * 0x1p-52;
      double value = unit * EDGE[layer];
      if (Math.abs(unit) < RATIO[layer]) {
        return value;
      }
      if (layer == 0) {
        return Math.copySign(tail(), unit);
      }
      double outer = density(EDGE[layer]);
      if (outer + uniform() * (density(EDGE[layer + 1]) - outer) < density(value)) {
        return value;
      }
    }
  }

  /**
   * Student's t with three degrees of freedom, divided by its deviation (the root of 3): a normal
   * over the length of a normal vector with three components.
   */
  double heavyTailed() {
    double a = gaussian();
    double b = gaussian();
    double c = gaussian();
    return gaussian() / Math.sqrt(a * a + b * b + c * c);
  }

  private double tail() {
    while (true) {
      double beyond = -StrictMath.log(1 - uniform()) / TAIL_START;
      if (-2 * StrictMath.log(1 - uniform()) >= beyond * beyond) {
        return TAIL_START + beyond;
      }
    }
  }

  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  private static double density(double value) {
    return StrictMath.exp(-0.5 * value * value);
  }

  /**
   * Right edges of the layers, widest first; the first is the width the base layer would have with
   * its tail.
   */
  private static double[] edges() {
    double[] edges = new double[LAYERS + 1];
    edges[0] = LAYER_AREA / density(TAIL_START);
    edges[1] = TAIL_START;
    for (int i = 2; i < LAYERS; i++) {
      double height = LAYER_AREA / edges[i - 1] + density(edges[i - 1]);
      edges[i] = Math.sqrt(-2 * StrictMath.log(height));
    }
    return edges;
  }

  private static double[] ratios() {
    double[] ratios = new double[LAYERS];
    for (int i = 0; i < LAYERS; i++) {
      ratios[i] = EDGE[i + 1] / EDGE[i];
    }
    return ratios;
  }
}
