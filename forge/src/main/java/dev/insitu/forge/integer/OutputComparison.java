package dev.insitu.forge.integer;

import dev.insitu.forge.integer.SampleRun.Made;
import dev.insitu.forge.samples.Samples;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How near a model's answers are to those of another.
 *
 * @param agreement share of samples with the same class; 1 if the outputs are no classes
 * @param relativeError squared error of all float outputs over their power
 */
public record OutputComparison(double agreement, double relativeError) {

  /** What a model answered, to compare others with. */
  public static final class Reference {

    private final Samples samples;
    private final Set<String> outputs;
    private final Map<String, List<float[]>> answers = new HashMap<>();

    /**
     * @param model a serialized ModelProto
     */
    public Reference(byte[] model, Samples samples) {
      this.samples = samples;
      try (SampleRun run = new SampleRun(model, samples)) {
        outputs = run.floatOutputs();
        run.inBatches(outputs, Integer.MAX_VALUE)
            .run(
                outputs,
                (from, count, made) ->
                    made.forEach((name, value) ->
                        answers
                            .computeIfAbsent(name, any -> new ArrayList<>())
                            .addAll(split(value, count))));
      }
    }

    /** Compares a model with the same outputs. */
    public OutputComparison compare(byte[] model) {
      Tally tally = new Tally();
      try (SampleRun run = new SampleRun(model, samples)) {
        run.inBatches(outputs, Integer.MAX_VALUE)
            .run(
                outputs,
                (from, count, made) ->
                    made.forEach((name, value) -> {
                      List<float[]> wanted = answers.getOrDefault(name, List.of());
                      List<float[]> found = split(value, count);
                      for (int i = 0; i < count; i++) {
                        tally.add(wanted.get(from + i), found.get(i), value.shape().length == 2);
                      }
                    }));
      }
      return tally.result();
    }
  }

  private static final class Tally {
    private double error;
    private double power;
    private long same;
    private long classified;

    void add(float[] wanted, float[] found, boolean classes) {
      for (int i = 0; i < wanted.length; i++) {
        double distance = i < found.length ? (double) found[i] - wanted[i] : wanted[i];
        error += distance * distance;
        power += (double) wanted[i] * wanted[i];
      }
      if (classes && wanted.length > 1) {
        classified++;
        same += best(wanted) == best(found) ? 1 : 0;
      }
    }

    OutputComparison result() {
      return new OutputComparison(
          classified == 0 ? 1 : (double) same / classified,
          error == 0 ? 0 : error / Math.max(power, Double.MIN_NORMAL));
    }
  }

  private static int best(float[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }

  private static List<float[]> split(Made made, int count) {
    List<float[]> parts = new ArrayList<>();
    int each = made.values().length / count;
    for (int i = 0; i < count; i++) {
      parts.add(java.util.Arrays.copyOfRange(made.values(), i * each, (i + 1) * each));
    }
    return parts;
  }
}
