package dev.insitu.elastic.plan;

import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.SubModel;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What sub-models of a package were measured to be worth: points along the canonical order,
 * ascending in chunks.
 *
 * @param samples number of samples behind every figure; 0 if nothing was measured
 * @param points measured prefixes
 */
public record Profile(int samples, List<Point> points) {

  public Profile {
    points = List.copyOf(points);
    if (samples < 0) {
      throw ElasticException.invalid("A profile of " + samples + " samples is none.");
    }
    for (int i = 1; i < points.size(); i++) {
      if (points.get(i).chunks() < points.get(i - 1).chunks()) {
        throw ElasticException.invalid(
            "The profile's point " + i + " has fewer chunks than the point before it.");
      }
    }
  }

  /** A profile without measurements. */
  public static Profile unmeasured() {
    return new Profile(0, List.of());
  }

  /**
   * One measured prefix of the canonical order.
   *
   * @param chunks how many chunks
   * @param bytes of those chunks
   * @param bitsPerWeight 8 x bytes / weights
   * @param agreement share of samples answered as the root answers; for outputs without classes 1
   *     minus the relative error, at least 0
   * @param accuracy share of labelled samples answered rightly; empty without labels
   */
  public record Point(
      int chunks, long bytes, double bitsPerWeight, double agreement, OptionalDouble accuracy) {

    public Point {
      if (chunks < 0 || bytes < 0 || !(bitsPerWeight >= 0 && bitsPerWeight < 1e15)) {
        throw ElasticException.invalid(
            "A measured point has "
                + chunks
                + " chunks, "
                + bytes
                + " bytes and "
                + bitsPerWeight
                + " bits per weight.");
      }
      requireShare("agreement", agreement);
      accuracy.ifPresent(share -> requireShare("accuracy", share));
    }
  }

  static void requireShare(String name, double share) {
    if (!(share >= 0 && share <= 1)) {
      throw ElasticException.invalid("'" + name + "' is " + share + "; it must be 0 to 1.");
    }
  }

  /**
   * The smallest measured prefix that, with all larger ones, agrees at least so well with the root.
   */
  public Optional<Point> firstReaching(double agreement) {
    Optional<Point> found = Optional.empty();
    for (int i = points.size() - 1; i >= 0 && points.get(i).agreement() >= agreement; i--) {
      found = Optional.of(points.get(i));
    }
    return found;
  }

  /** The largest measured prefix inside the sub-model. */
  public Optional<Point> best(SubModel model) {
    int prefix = 0;
    while (prefix < model.manifest().chunks().size() && model.contains(prefix)) {
      prefix++;
    }
    Optional<Point> found = Optional.empty();
    for (Point point : points) {
      if (point.chunks() <= prefix) {
        found = Optional.of(point);
      }
    }
    return found;
  }
}
