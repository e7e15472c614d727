package dev.insitu.demo;

import java.util.SplittableRandom;

/** A turned rectangle or ellipse of one colour, the clutter of a picture; lengths in pixels. */
record Patch(
    double x,
    double y,
    double cos,
    double sin,
    double halfWidth,
    double halfHeight,
    boolean round,
    Colour colour) {

  /** Anywhere in the picture, {@code thickest} half its height at most, about twice as wide. */
  static Patch random(double thickest, SplittableRandom random) {
    double angle = random.nextDouble(2 * StrictMath.PI);
    return new Patch(
        random.nextDouble(Scene.SIZE),
        random.nextDouble(Scene.SIZE),
        StrictMath.cos(angle),
        StrictMath.sin(angle),
        2 * random.nextDouble(1, thickest),
        random.nextDouble(1, thickest),
        random.nextBoolean(),
        Colour.random(random));
  }

  boolean covers(double px, double py) {
    double u = (cos * (px - x) + sin * (py - y)) / halfWidth;
    double v = (cos * (py - y) - sin * (px - x)) / halfHeight;
    return round ? u * u + v * v < 1 : Math.max(Math.abs(u), Math.abs(v)) < 1;
  }
}
