package dev.insitu.planner;

import dev.insitu.elastic.plan.Estimate;

/** How far from the mean to reckon so that a limit holds with a certainty. */
final class Certainty {

  private Certainty() {}

  /**
   * Standard deviations of a normal distribution below which it lies with a probability (Abramowitz
   * and Stegun, 26.2.23; off by 4.5e-4 at most).
   *
   * @param probability 0.5 to below 1
   */
  static double deviations(double probability) {
    if (probability <= 0.5) {
      return 0;
    }
    double t = Math.sqrt(-2 * Math.log(1 - probability));
    double above = 2.515517 + t * (0.802853 + t * 0.010328);
    double below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
    return t - above / below;
  }

  /**
   * The rate that a link has at least, so many standard deviations below its mean. Rates are never
   * negative and vary by factors: as their logarithm does, whose deviation is that of a log-normal
   * distribution with the same mean and spread. For small spreads that is mean - deviations x
   * spread.
   */
  static double least(Estimate rate, double deviations) {
    if (rate.mean() == 0 || deviations == 0) {
      return rate.mean();
    }
    double relative = rate.spread() / rate.mean();
    return rate.mean() * Math.exp(-deviations * Math.sqrt(Math.log1p(relative * relative)));
  }
}
