package dev.insitu.forge.levels;

import java.util.List;

/** What some prefixes of a package are worth. */
public final class Trial {

  private static final double LEAST_ERROR = 1e-9;
  private static final double LEAST_GAIN = 0.02; // in the mean of logarithms
  private static final double PLANE_GAIN = Math.log(4); // a plane leaves a quarter of the error

  private final List<Point> points;

  /**
   * A prefix.
   *
   * @param planes its bytes, in those of a plane
   */
  record Point(double planes, Judge.Verdict verdict) {

    /** How much nearer the answers are than other ones, less what the bytes could have brought. */
    double gainOver(Point other) {
      double gain = Math.log(other.error()) - Math.log(error());
      return gain - PLANE_GAIN * (planes - other.planes);
    }

    private double error() {
      return Math.max(verdict.error(), LEAST_ERROR);
    }
  }

  /**
   * @param points the prefixes, ascending
   */
  Trial(List<Point> points) {
    this.points = List.copyOf(points);
  }

  /**
   * Whether the answers come nearer to the root's, more than by bytes, and not farther at any of
   * the prefixes as far as the samples tell.
   *
   * @param other of prefixes that hold the same planes
   */
  public boolean betterThan(Trial other) {
    double gain = 0;
    for (int i = 0; i < points.size(); i++) {
      if (points.get(i).verdict.worseThan(other.points.get(i).verdict)) {
        return false;
      }
      gain += points.get(i).gainOver(other.points.get(i));
    }
    return gain > LEAST_GAIN * points.size();
  }
}
