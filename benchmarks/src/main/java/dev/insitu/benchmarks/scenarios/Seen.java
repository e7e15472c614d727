package dev.insitu.benchmarks.scenarios;

import java.util.Map;

/**
 * What a process said it has seen.
 *
 * @param figures by their keys
 */
record Seen(Map<String, Double> figures) {

  Seen {
    figures = Map.copyOf(figures);
  }

  /**
   * A figure.
   *
   * @throws IllegalStateException if the process did not say it
   */
  double get(String key) {
    Double figure = figures.get(key);
    if (figure == null) {
      throw new IllegalStateException("The process did not say '" + key + "'");
    }
    return figure;
  }
}
