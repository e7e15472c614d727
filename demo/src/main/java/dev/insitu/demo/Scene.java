package dev.insitu.demo;

import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One picture before it is sampled: a figure over a shaded, cluttered background, with a few
 * patches in front of it now and then. All coordinates are in pixels of the 32x32 picture.
 */
final class Scene {
  static final int SIZE = 32;

  private static final int PATCHES_BEHIND = 5;
  private static final int MOST_PATCHES_IN_FRONT = 2;
  private static final double LEAST_CONTRAST = 0.35;

  private final Shape shape;
  private final double centreX;
  private final double centreY;
  private final double radius;
  private final double cos;
  private final double sin;
  private final Colour ground;
  private final Colour figure;
  private final Shade groundShade;
  private final Shade figureShade;
  private final Patch[] behind;
  private final Patch[] inFront;

  Scene(Shape shape, SplittableRandom random) {
    this.shape = shape;
    centreX = random.nextDouble(11, 21);
    centreY = random.nextDouble(11, 21);
    radius = random.nextDouble(6.5, 11.5);
    double angle = random.nextDouble(2 * StrictMath.PI);
    cos = StrictMath.cos(angle);
    sin = StrictMath.sin(angle);
    ground = Colour.random(random);
    figure = ground.contrasting(LEAST_CONTRAST, random);
    groundShade = Shade.random(random, 0.012);
    figureShade = Shade.random(random, 0.02);
    behind = patches(PATCHES_BEHIND, 3.0, random);
    inFront = patches(random.nextInt(MOST_PATCHES_IN_FRONT + 1), 2.5, random);
  }

  /** Adds the colour at one point to {@code rgb}, each channel about 0 to 1. */
  void addColourAt(double px, double py, double[] rgb) {
    Patch front = first(inFront, px, py);
    if (front != null) {
      front.colour().addTo(rgb, 0);
    } else if (figureCovers(px, py)) {
      figure.addTo(rgb, figureShade.at(px - centreX, py - centreY));
    } else {
      addGroundAt(px, py, rgb);
    }
  }

  private void addGroundAt(double px, double py, double[] rgb) {
    Patch back = first(behind, px, py);
    if (back != null) {
      back.colour().addTo(rgb, 0);
    } else {
      ground.addTo(rgb, groundShade.at(px - SIZE / 2.0, py - SIZE / 2.0));
    }
  }

  private boolean figureCovers(double px, double py) {
    double x = (px - centreX) / radius;
    double y = (py - centreY) / radius;
    return shape.covers(cos * x + sin * y, cos * y - sin * x);
  }

  private static @Nullable Patch first(Patch[] patches, double x, double y) {
    for (Patch patch : patches) {
      if (patch.covers(x, y)) {
        return patch;
      }
    }
    return null;
  }

  private static Patch[] patches(int count, double thickest, SplittableRandom random) {
    Patch[] patches = new Patch[count];
    for (int i = 0; i < count; i++) {
      patches[i] = Patch.random(thickest, random);
    }
    return patches;
  }
}
