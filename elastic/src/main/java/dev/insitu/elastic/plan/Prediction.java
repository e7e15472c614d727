package dev.insitu.elastic.plan;

import dev.insitu.elastic.plan.Profile.Point;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * What a sub-model between measured ones is worth. Depths and widths are those that a package has,
 * so there is something between them in bytes only: along these a curve that never falls goes
 * through the measured points ({@link MonotoneCurve}).
 */
public final class Prediction {

  /** How it is done, for those who read a profile as it is written. */
  public static final String METHOD = "monotone cubic in bytes";

  private static final int FEWEST = 3;

  private Prediction() {}

  /**
   * How far predictions are from measurements. Each point that has neighbours on both sides is left
   * out once and predicted from the others: points that are predicted in use are nearer to measured
   * ones than that.
   *
   * @param points how many were left out
   * @param mean of the absolute differences, as a share of the samples
   * @param largest of them
   */
  public record Deviation(int points, double mean, double largest) {

    public Deviation {
      if (points < 0) {
        throw new IllegalArgumentException(points + " points");
      }
      Profile.requireShare("mean", mean);
      Profile.requireShare("largest", largest);
    }
  }

  /** The agreement of so many bytes of a model; empty below its first measured point. */
  static OptionalDouble agreement(List<Point> points, long bytes) {
    return at(points, Point::agreement, bytes);
  }

  /** The accuracy of so many bytes of a model; empty too where no labels were known. */
  static OptionalDouble accuracy(List<Point> points, long bytes) {
    boolean known = points.stream().allMatch(point -> point.accuracy().isPresent());
    return known
        ? at(points, point -> point.accuracy().orElse(Double.NaN), bytes)
        : OptionalDouble.empty();
  }

  /**
   * What parts of a model are worth.
   *
   * @param points measured ones, ascending in bytes
   * @param accuracy whether that is their accuracy, which then all of them must have; else their
   *     agreement
   * @param bytes of the parts
   * @return a value for each; NaN below the first measured point
   */
  public static double[] along(List<Point> points, boolean accuracy, long... bytes) {
    double[] values = new double[bytes.length];
    Arrays.fill(values, Double.NaN);
    List<Point> apart = apart(points);
    if (apart.isEmpty()) {
      return values;
    }
    double[] x = apart.stream().mapToDouble(Point::bytes).toArray();
    double[] y =
        apart.stream()
            .mapToDouble(
                point -> accuracy ? point.accuracy().orElse(Double.NaN) : point.agreement())
            .toArray();
    MonotoneCurve curve = MonotoneCurve.through(x, y);
    for (int i = 0; i < bytes.length; i++) {
      values[i] = curve.at((double) bytes[i]);
    }
    return values;
  }

  private static OptionalDouble at(List<Point> points, ToDoubleFunction<Point> value, long bytes) {
    List<Point> apart = apart(points);
    if (apart.isEmpty() || bytes < apart.get(0).bytes()) {
      return OptionalDouble.empty();
    }
    double[] x = apart.stream().mapToDouble(Point::bytes).toArray();
    double[] y = apart.stream().mapToDouble(value).toArray();
    return OptionalDouble.of(MonotoneCurve.through(x, y).at((double) bytes));
  }

  /** Of points of equal size the last. */
  private static List<Point> apart(List<Point> points) {
    List<Point> apart = new ArrayList<>();
    for (Point point : points) {
      if (!apart.isEmpty() && apart.get(apart.size() - 1).bytes() >= point.bytes()) {
        apart.remove(apart.size() - 1);
      }
      apart.add(point);
    }
    return apart;
  }

  /**
   * The error of agreement over several models; of no points if none has three.
   *
   * @param models the points of each
   */
  static Deviation error(List<List<Point>> models) {
    int count = 0;
    double sum = 0;
    double largest = 0;
    for (List<Point> points : models) {
      List<Point> apart = apart(points);
      for (int i = 1; apart.size() >= FEWEST && i < apart.size() - 1; i++) {
        List<Point> others = new ArrayList<>(apart);
        Point left = others.remove(i);
        double apartBy = Math.abs(agreement(others, left.bytes()).orElse(0) - left.agreement());
        count++;
        sum += apartBy;
        largest = Math.max(largest, apartBy);
      }
    }
    return new Deviation(count, count == 0 ? 0 : Math.min(1, sum / count), largest);
  }
}
