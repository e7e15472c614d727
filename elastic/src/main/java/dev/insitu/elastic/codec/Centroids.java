package dev.insitu.elastic.codec;

/**
 * Where in a bin its weights lie on average, for every level: the choice of rho.
 *
 * <p>A histogram of codes, with the sum of what lies above each, gives the centroids of all levels,
 * and the squared errors too where all rows have one step.
 */
final class Centroids {

  private final int[] counts = new int[Steps.MAGNITUDES];
  private final double[] above = new double[Steps.MAGNITUDES];
  private double squares; // of what lies above codes, in squared steps

  /**
   * Adds codes as {@link Quantize} makes them, with the part of each weight above its code in
   * steps, 0 to 1.
   */
  void add(char[] codes, float[] weights, float[] steps, int count) {
    for (int i = 0; i < count; i++) {
      int code = codes[i] & Steps.MAGNITUDES - 1;
      counts[code]++;
      double part = (Math.abs(weights[i]) - code * steps[i]) / steps[i];
      above[code] += part;
      squares += part * part;
    }
  }

  /** Adds integer codes. */
  void add(char[] codes, int count) {
    for (int i = 0; i < count; i++) {
      counts[codes[i] & Steps.MAGNITUDES - 1]++;
    }
  }

  /**
   * For each level 0..{@code refinements} the centroid in sixteenths of a bin.
   *
   * @param planeCount every code is below 2^planeCount
   */
  byte[] rhos(int refinements, int planeCount) {
    byte[] rhos = new byte[refinements + 1];
    for (int level = 0; level <= refinements; level++) {
      rhos[level] = sixteenths(centroid(level, 1 << planeCount));
    }
    return rhos;
  }

  /**
   * For each level 0..{@code refinements} the sixteenths of a bin at which the rebuilt values have
   * the power of the weights. Centroids have less, as they average: a layer then computes less of
   * everything but its bias.
   *
   * @param planeCount every code is below 2^planeCount
   */
  byte[] powerRhos(int refinements, int planeCount) {
    byte[] rhos = new byte[refinements + 1];
    for (int level = 0; level <= refinements; level++) {
      rhos[level] = sixteenths(powerPoint(level, 1 << planeCount));
    }
    return rhos;
  }

  private static byte sixteenths(double share) {
    return (byte) Math.max(0, Math.min(15, Math.round(16 * share)));
  }

  /** Solves sum of (bin + rho)^2 = power in bins for rho. */
  private double powerPoint(int level, int end) {
    double power = squares;
    double bins = 0;
    double binSquares = 0;
    long count = 0;
    for (int code = 0; code < end; code++) {
      power += (double) code * (counts[code] * (double) code + 2 * above[code]);
      int bin = code >> level;
      bins += (double) counts[code] * bin;
      binSquares += (double) counts[code] * bin * bin;
      count += bin == 0 ? 0 : counts[code];
    }
    double missing = power / Math.pow(4, level) - binSquares;
    return count == 0
        ? 0.5
        : (Math.sqrt(bins * bins + count * Math.max(0, missing)) - bins) / count;
  }

  /**
   * Squared errors in squared steps with each number of planes missing, and with nothing there.
   *
   * @param rhos for each level the sixteenths of a bin at which values are rebuilt
   * @param planeCount every code is below 2^planeCount
   */
  double[] squaredErrors(byte[] rhos, int planeCount) {
    double[] errors = new double[rhos.length + 1];
    for (int level = 0; level < rhos.length; level++) {
      errors[level] = squaredError(level, rhos[level] / 16.0, 1 << planeCount);
    }
    errors[rhos.length] = squaredError(Integer.SIZE - 2, 0, 1 << planeCount);
    return errors;
  }

  private double squaredError(int level, double rho, int end) {
    double sum = squares;
    for (int code = 0; code < end; code++) {
      int bin = code >> level;
      double distance = code - (bin == 0 ? 0 : (bin + rho) * (1 << level));
      sum += distance * (counts[code] * distance + 2 * above[code]);
    }
    return sum;
  }

  private double centroid(int level, int end) {
    int bin = 1 << level;
    double sum = 0;
    long count = 0;
    for (int code = bin; code < end; code++) {
      sum += (double) counts[code] * (code & bin - 1) + above[code];
      count += counts[code];
    }
    return count == 0 ? 0.5 : sum / count / bin;
  }
}
