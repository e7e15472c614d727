package dev.insitu.lab.fig3;

import dev.insitu.lab.chart.Chart;
import dev.insitu.lab.chart.Line;
import dev.insitu.lab.chart.Line.Stroke;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The figure as lines: a colour for each technique, a stroke for each way of re-training. */
final class Fig3Chart {

  private Fig3Chart() {}

  static Chart of(List<Point> points) {
    List<Line> lines = new ArrayList<>();
    for (Technique technique : Technique.values()) {
      for (Retraining retraining : Retraining.values()) {
        for (double errors : errorRates(points)) {
          List<Line.Point> of = points(points, technique, retraining, errors);
          if (!of.isEmpty()) {
            lines.add(
                new Line(
                    name(technique, retraining, errors),
                    of,
                    colour(technique),
                    stroke(retraining)));
          }
        }
      }
    }
    return new Chart(
        "Sub-models of one root",
        "bytes sent, % of the root's float32 weights",
        "right answers, %",
        true,
        lines);
  }

  private static List<Double> errorRates(List<Point> points) {
    return points.stream().map(Point::bitErrorRate).distinct().sorted().toList();
  }

  private static List<Line.Point> points(
      List<Point> points, Technique technique, Retraining retraining, double errors) {
    List<Point> all =
        points.stream()
            .filter(point -> point.technique() == technique && point.retraining() == retraining)
            .filter(point -> Double.compare(point.bitErrorRate(), errors) == 0 && point.bytes() > 0)
            .sorted(Comparator.comparingLong(Point::bytes))
            .toList();
    boolean chosen = technique == Technique.INTEGRATED && retraining != Retraining.ALONE;
    return (chosen ? best(all) : all)
        .stream().map(point -> new Line.Point(100 * point.size(), 100 * point.accuracy())).toList();
  }

  /** Of a family in several dimensions one sends what is best for a size: what no smaller beats. */
  private static List<Point> best(List<Point> ascending) {
    List<Point> best = new ArrayList<>();
    for (Point point : ascending) {
      if (best.isEmpty() || point.accuracy() > best.getLast().accuracy()) {
        best.add(point);
      }
    }
    return best;
  }

  private static String name(Technique technique, Retraining retraining, double errors) {
    String name = technique.title() + ", " + retraining.title();
    return errors == 0 ? name : String.format(Locale.ROOT, "%s, bit errors %.0e", name, errors);
  }

  private static int colour(Technique technique) {
    return switch (technique) {
      case DEPTH -> 0;
      case WIDTH -> 1;
      case MAGNITUDE -> 2;
      case BITS -> 3;
      case INTEGRATED -> 4;
    };
  }

  private static Stroke stroke(Retraining retraining) {
    return switch (retraining) {
      case NONE -> Stroke.DOTTED;
      case NESTED -> Stroke.SOLID;
      case ALONE -> Stroke.DASHED;
    };
  }
}
