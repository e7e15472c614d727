package dev.insitu.forge.levels;

import dev.insitu.forge.integer.SampleRun;
import dev.insitu.forge.samples.Samples;
import dev.insitu.runtime.Optimisation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How far a sub-model's answers are from the root's, on samples that nothing was learnt from. */
final class Judge {

  private final Samples samples;
  private final Optimisation optimisation;
  private final Map<String, Answers> root; // by output

  /**
   * What an output is for all samples.
   *
   * @param classes whether its numbers are scores of classes
   */
  private record Answers(boolean classes, List<float[]> values) {}

  /**
   * What a sub-model is worth.
   *
   * @param error mean over samples and outputs: of scores of classes what is left of their variance
   *     when the root's explain what they can, of other numbers the relative squared error, 0..1
   * @param agrees by output and sample: whether the most likely class is the root's; empty for
   *     outputs that are no classes
   */
  record Verdict(double error, List<boolean[]> agrees) {

    /** Whether the answers are the root's more rarely than chance explains. */
    boolean worseThan(Verdict other) {
      int lost = 0;
      int won = 0;
      for (int i = 0; i < agrees.size(); i++) {
        for (int s = 0; s < agrees.get(i).length; s++) {
          boolean mine = agrees.get(i)[s];
          boolean theirs = other.agrees.get(i)[s];
          lost += theirs && !mine ? 1 : 0;
          won += mine && !theirs ? 1 : 0;
        }
      }
      return lost - won > Math.sqrt(lost + (double) won);
    }
  }

  /**
   * Runs the root.
   *
   * @param graph the root's file, its weights beside it
   */
  Judge(Path graph, Samples samples, Optimisation optimisation) {
    this.samples = samples;
    this.optimisation = optimisation;
    this.root = answers(graph);
  }

  /** Names of the outputs that are judged by. */
  Set<String> outputs() {
    return root.keySet();
  }

  /** Runs a sub-model whose graph is in that file. */
  Verdict judge(Path graph) {
    Map<String, Answers> answers = answers(graph);
    double error = 0;
    List<boolean[]> agrees = new ArrayList<>();
    for (Map.Entry<String, Answers> output : root.entrySet()) {
      Answers theirs = output.getValue();
      Answers mine = answers.getOrDefault(output.getKey(), theirs);
      boolean[] same = new boolean[samples.count()];
      for (int s = 0; s < same.length; s++) {
        float[] numbers = mine.values.get(s);
        float[] wanted = theirs.values.get(s);
        error += theirs.classes ? unexplained(numbers, wanted) : relative(numbers, wanted);
        same[s] = best(numbers) == best(wanted);
      }
      if (theirs.classes) {
        agrees.add(same);
      }
    }
    return new Verdict(error / Math.max(1, samples.count() * root.size()), agrees);
  }

  private Map<String, Answers> answers(Path graph) {
    Map<String, Answers> answers = new LinkedHashMap<>();
    try (SampleRun run = new SampleRun(graph, samples, optimisation)) {
      Set<String> outputs = run.floatOutputs();
      run.inBatches(outputs, Integer.MAX_VALUE)
          .run(
              outputs,
              (from, count, made) ->
                  made.forEach((name, value) -> add(answers, name, value, count)));
    }
    return answers;
  }

  private static void add(
      Map<String, Answers> answers, String name, SampleRun.Made made, int count) {
    long[] shape = made.shape();
    boolean classes = shape.length == 2 && shape[0] == count && shape[1] >= 2;
    List<float[]> values =
        answers.computeIfAbsent(name, any -> new Answers(classes, new ArrayList<>())).values;
    int length = made.values().length / count;
    for (int s = 0; s < count; s++) {
      values.add(Arrays.copyOfRange(made.values(), s * length, (s + 1) * length));
    }
  }

  private static int best(float[] scores) {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    return best;
  }

  /** The share of the wanted scores' variance that these, scaled and shifted, leave. */
  static double unexplained(float[] mine, float[] wanted) {
    double mean = 0;
    double wantedMean = 0;
    for (int i = 0; i < wanted.length; i++) {
      mean += (double) mine[i] / wanted.length;
      wantedMean += (double) wanted[i] / wanted.length;
    }
    double power = 0;
    double wantedPower = 0;
    double common = 0;
    for (int i = 0; i < wanted.length; i++) {
      power += Math.pow(mine[i] - mean, 2);
      wantedPower += Math.pow(wanted[i] - wantedMean, 2);
      common += (mine[i] - mean) * (wanted[i] - wantedMean);
    }
    double left = 1 - Math.max(0, common) * common / (power * wantedPower);
    return wantedPower == 0 ? 0 : left >= 0 && left <= 1 ? left : 1; // also if it is NaN
  }

  /** The squared error as a share of the wanted numbers' power, at most 1. */
  static double relative(float[] mine, float[] wanted) {
    if (mine.length != wanted.length) {
      return 1; // how many there are depends on the values
    }
    double error = 0;
    double power = 0;
    for (int i = 0; i < wanted.length; i++) {
      error += Math.pow((double) mine[i] - wanted[i], 2);
      power += Math.pow(wanted[i], 2);
    }
    double relative = error / power;
    return error == 0 ? 0 : relative <= 1 ? relative : 1; // also if it is NaN
  }
}
