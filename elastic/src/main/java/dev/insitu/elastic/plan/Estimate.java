package dev.insitu.elastic.plan;

import dev.insitu.elastic.ElasticException;

/**
 * A measured quantity that varies.
 *
 * @param mean of the measurements
 * @param spread their standard deviation, in the same unit; 0 if it is not known
 */
public record Estimate(double mean, double spread) {

  public Estimate {
    if (!(mean >= 0 && spread >= 0 && mean <= Double.MAX_VALUE && spread <= Double.MAX_VALUE)) {
      throw ElasticException.invalid(
          "An estimate has mean "
              + mean
              + " and spread "
              + spread
              + "; both must be numbers that are not negative.");
    }
  }

  /** A quantity whose spread is not known. */
  public static Estimate of(double mean) {
    return new Estimate(mean, 0);
  }

  /** The value so many standard deviations above the mean; never below zero. */
  public double at(double deviations) {
    return Math.max(0, mean + deviations * spread);
  }
}
