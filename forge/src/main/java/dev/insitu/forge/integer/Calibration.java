package dev.insitu.forge.integer;

import dev.insitu.forge.samples.Samples;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Collects which numbers the values of a float model take on samples. Memory: a histogram for each
 * value, and the values of one batch; where even those of one sample are many, the samples are run
 * once for every {@link #PASS_BYTES} of them.
 */
final class Calibration {

  private static final long PASS_BYTES = 256L << 20;

  private Calibration() {}

  /**
   * Histograms by value.
   *
   * @throws IntegerException if a value is NaN or infinite
   */
  static Map<String, Histogram> histograms(
      EditableGraph graph, Survey survey, Samples samples, Set<String> wanted) {
    Map<String, Histogram> histograms = new HashMap<>();
    for (Set<String> pass : passes(survey, wanted)) {
      collect(graph, survey, samples, pass, histograms);
    }
    for (String input : graph.inputs()) {
      if (wanted.contains(input)) {
        Histogram seen = new Histogram();
        add(seen, input, floats(samples, input));
        histograms.put(input, seen);
      }
    }
    return histograms;
  }

  private static float[] floats(Samples samples, String input) {
    var bytes = samples.column(input).bytes().duplicate().order(java.nio.ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(values);
    return values;
  }

  private static List<Set<String>> passes(Survey survey, Set<String> wanted) {
    List<Set<String>> passes = new ArrayList<>();
    long bytes = PASS_BYTES;
    for (String value : wanted) {
      long more = survey.bytes(value);
      if (bytes + more > PASS_BYTES) {
        passes.add(new LinkedHashSet<>());
        bytes = 0;
      }
      passes.getLast().add(value);
      bytes += more;
    }
    return passes;
  }

  private static void collect(
      EditableGraph graph,
      Survey survey,
      Samples samples,
      Set<String> pass,
      Map<String, Histogram> into) {
    Set<String> outputs = graph.outputs();
    List<String> made = pass.stream().filter(value -> !graph.inputs().contains(value)).toList();
    List<String> extra = made.stream().filter(value -> !outputs.contains(value)).toList();
    if (made.isEmpty()) {
      return;
    }
    made.forEach(value -> into.put(value, new Histogram()));
    long each = made.stream().mapToLong(survey::bytes).sum();
    byte[] model = graph.build(graph.nodes(), extra).toByteArray();
    try (SampleRun run = new SampleRun(model, samples)) {
      int most = Math.clamp(PASS_BYTES / Math.max(1, each), 1, Integer.MAX_VALUE);
      run.inBatches(outputs, most)
          .run(
              Set.copyOf(made),
              (from, count, values) -> made.forEach(name -> add(into, name, values.get(name))));
    }
  }

  private static void add(Map<String, Histogram> into, String name, SampleRun.@Nullable Made made) {
    Histogram seen = into.get(name);
    if (seen != null && made != null) {
      add(seen, name, made.values());
    }
  }

  private static void add(Histogram seen, String name, float[] values) {
    if (!seen.add(values)) {
      throw new IntegerException(
          "Value '"
              + name
              + "' is NaN or infinite for a sample, which has no integer."
              + "\nMaybe look at the samples and their --mean and --std.");
    }
  }
}
