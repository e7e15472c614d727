package dev.insitu.benchmarks.scenarios;

import dev.insitu.cli.Scenario.Request;
import dev.insitu.cli.Scenario.Row;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/** Puts a row together. Not thread-safe. */
final class Figure {

  private final String name;
  private final String unit;
  private final double[] ours;
  private OptionalDouble bound = OptionalDouble.empty();
  private OptionalDouble peer = OptionalDouble.empty();
  private final Map<String, Object> details = new LinkedHashMap<>();

  private Figure(String name, String unit, double[] ours) {
    this.name = name;
    this.unit = unit;
    this.ours = ours;
  }

  /**
   * A figure.
   *
   * @param ours one value for each run
   */
  static Figure of(String name, String unit, double... ours) {
    return new Figure(name, unit, ours.clone());
  }

  /** A count, of one run. */
  static Figure of(String name, String unit, long ours) {
    return of(name, unit, (double) ours);
  }

  /** What is possible at best. */
  Figure bound(long value) {
    return bound((double) value);
  }

  /** What is possible at best. */
  Figure bound(double value) {
    bound = OptionalDouble.of(value);
    return this;
  }

  /** What another way reached. */
  Figure peer(OptionalDouble value) {
    peer = value;
    return this;
  }

  /** Anything else worth knowing. */
  Figure with(String key, Object value) {
    details.put(key, value);
    return this;
  }

  double ours() {
    return Stats.median(ours);
  }

  /** Hands the row over, with whether the target was met and the answers were right. */
  void accept(Request request, boolean ok) {
    request.rows().accept(row(ok));
  }

  /** The row, with whether the target was met and the answers were right. */
  Row row(boolean ok) {
    return new Row(name, unit, ours(), bound, peer, ours.length, Stats.spread(ours), ok, details);
  }
}
