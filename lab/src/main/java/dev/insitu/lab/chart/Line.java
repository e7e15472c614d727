package dev.insitu.lab.chart;

import java.util.Arrays;
import java.util.List;

/**
 * Points of a chart that belong together.
 *
 * @param name in the legend
 * @param points joined in this order
 * @param colour number of its colour: lines of one colour belong together
 * @param stroke how points are joined
 */
public record Line(String name, List<Point> points, int colour, Stroke stroke) {

  /** How points are joined. */
  public enum Stroke {
    SOLID,
    DASHED,
    DOTTED,
    /** Marks alone. */
    NONE
  }

  /** A point; both finite. */
  public record Point(double x, double y) {

    public Point {
      if (!Double.isFinite(x) || !Double.isFinite(y)) {
        throw new IllegalArgumentException("a point at " + x + ", " + y);
      }
    }
  }

  public Line {
    points = List.copyOf(points);
    if (points.isEmpty() || colour < 0) {
      throw new IllegalArgumentException(points.size() + " points, colour " + colour);
    }
  }

  /** Of points given as x, y, x, y and so on. */
  public static Line of(String name, int colour, Stroke stroke, double... pairs) {
    Point[] points = new Point[pairs.length / 2];
    Arrays.setAll(points, i -> new Point(pairs[2 * i], pairs[2 * i + 1]));
    return new Line(name, List.of(points), colour, stroke);
  }
}
