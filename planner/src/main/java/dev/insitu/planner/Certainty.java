package dev.insitu.planner;

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
}
