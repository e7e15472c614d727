package dev.insitu.demo;

import java.util.SplittableRandom;

/** A linear change of brightness over the picture, per pixel. */
record Shade(double slopeX, double slopeY) {
  static Shade random(SplittableRandom random, double steepest) {
    return new Shade(
        random.nextDouble(-steepest, steepest), random.nextDouble(-steepest, steepest));
  }

  double at(double x, double y) {
    return slopeX * x + slopeY * y;
  }
}
