package dev.insitu.forge.integer;

import dev.insitu.forge.samples.Samples;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Means of values over all but their channels, taken inside the engine so that little leaves it.
 */
final class ChannelMeans {

  private final EditableGraph graph;
  private final Set<String> means = new LinkedHashSet<>();

  /**
   * @param graph gets nodes for the means
   */
  ChannelMeans(EditableGraph graph) {
    this.graph = graph;
  }

  /**
   * Asks for the mean of a value over all but dimension 1.
   *
   * @return the name under which {@link #run} gives it
   */
  String add(String value, int rank) {
    long[] axes = LongStream.range(0, rank).filter(axis -> axis != 1).toArray();
    String name = graph.fresh(value + "_mean");
    graph.nodes().add(graph.mean(value, name, false, axes));
    means.add(name);
    return name;
  }

  /** The means over all samples, by name: {@code double[channels]}. */
  Map<String, double[]> run(Samples samples) {
    if (means.isEmpty()) {
      return Map.of();
    }
    byte[] model = graph.build(graph.nodes(), List.copyOf(means)).toByteArray();
    Map<String, double[]> sums = new HashMap<>();
    try (SampleRun run = new SampleRun(model, samples)) {
      run.inBatches(graph.outputs(), Integer.MAX_VALUE)
          .run(
              means,
              (from, count, made) ->
                  made.forEach((name, value) -> addTo(sums, name, value.values(), count)));
    }
    for (double[] sum : sums.values()) {
      for (int c = 0; c < sum.length; c++) {
        sum[c] /= samples.count();
      }
    }
    return sums;
  }

  private static void addTo(Map<String, double[]> sums, String name, float[] values, int samples) {
    double[] sum = sums.computeIfAbsent(name, any -> new double[values.length]);
    for (int c = 0; c < values.length; c++) {
      sum[c] += (double) values[c] * samples;
    }
  }
}
