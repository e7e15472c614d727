package dev.insitu.demo;

import java.util.SplittableRandom;

/** A colour, each part 0 to 1. */
record Colour(double red, double green, double blue) {
  static Colour random(SplittableRandom random) {
    return new Colour(random.nextDouble(), random.nextDouble(), random.nextDouble());
  }

  /** A random colour at least so far away from this one in the colour cube. */
  Colour contrasting(double distance, SplittableRandom random) {
    while (true) {
      Colour other = random(random);
      if (squaredDistance(other) >= distance * distance) {
        return other;
      }
    }
  }

  private double squaredDistance(Colour other) {
    double r = red - other.red;
    double g = green - other.green;
    double b = blue - other.blue;
    return r * r + g * g + b * b;
  }

  /** Adds this colour, made brighter by a constant, to {@code rgb}. */
  void addTo(double[] rgb, double brighter) {
    rgb[0] += red + brighter;
    rgb[1] += green + brighter;
    rgb[2] += blue + brighter;
  }
}
