package dev.insitu.benchmarks.scenarios;

import dev.insitu.benchmarks.scenarios.PlannedPull.Seen;
import dev.insitu.cli.Scenario.Request;
import dev.insitu.elastic.plan.Goal;
import dev.insitu.planner.PlannedModel;
import dev.insitu.runtime.Optimisation;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Whether what plans say comes true: they are pulled over a shaped link, and their time to the
 * first answer, their bytes and their accuracy are compared with what was predicted.
 */
final class PlanPredictions {

  private static final int SITUATIONS = 50;
  private static final int WARM_UPS = 3;
  private static final double MOST_SECONDS = 3;
  private static final double MOST_MEDIAN = 0.10;
  private static final double MOST_P90 = 0.25;
  private static final double MOST_ACCURACY = 0.01;

  /** What is best: as accurate as the limits allow, or as soon. */
  private static final List<List<Goal>> GOALS =
      List.of(
          List.of(Goal.ACCURACY, Goal.FIRST_ANSWER),
          List.of(Goal.ACCURACY, Goal.TIME),
          List.of(Goal.FIRST_ANSWER, Goal.ACCURACY),
          List.of(Goal.TIME, Goal.ACCURACY));

  private final PlanTrials trials;
  private final List<Map<String, Tensor>> samples;
  private final int[] root;

  PlanPredictions(PlanTrials trials) {
    this.trials = trials;
    Subject subject = trials.pack().subject();
    this.samples = PlanSubjects.batches(subject.samples().orElseThrow());
    this.root = Answers.classes(Answers.of(subject.onnx(), samples, Optimisation.ALL));
  }

  /**
   * One plan that was carried out.
   *
   * @param agreement with the root, on the samples that the package was measured with
   */
  private record Trial(LinkSituations.Drawn drawn, PlannedModel plan, Seen seen, double agreement) {

    double timeError() {
      double predicted = plan.expected().firstAnswerSeconds();
      return Math.abs(predicted - seen.firstAnswerSeconds()) / seen.firstAnswerSeconds();
    }

    double accuracyError() {
      return Math.abs(plan.expected().accuracy().value() - agreement);
    }

    boolean exact() {
      return plan.expected().downBytes() == seen.contentBytes();
    }

    String described() {
      return String.format(
          Locale.ROOT,
          "%.3g Mbit/s, %.3g ms, %s, depth %d, %d bytes: %.4g s predicted, %.4g s measured",
          drawn.line().bitsPerSecond() / 1e6,
          1e3 * drawn.line().roundTripSeconds(),
          plan.order(),
          plan.depth(),
          plan.expected().downBytes(),
          plan.expected().firstAnswerSeconds(),
          seen.firstAnswerSeconds());
    }
  }

  void run() throws IOException {
    LinkSituations drawn =
        new LinkSituations(
            trials.request().seed(), trials.self().macsPerSecond(), GOALS, MOST_SECONDS);
    List<Trial> tried = new ArrayList<>();
    int count = trials.count(SITUATIONS);
    for (int i = -WARM_UPS; i < count; i++) {
      Trial trial = trial(drawn.feasible(trials.planner(), trials.pack().nothing()));
      if (i >= 0) {
        tried.add(trial);
      }
    }
    report(tried);
  }

  private Trial trial(LinkSituations.Drawn drawn) throws IOException {
    PlannedModel plan = drawn.plan();
    Seen seen = trials.pulls().run(plan, drawn.line(), 1, samples);
    return new Trial(drawn, plan, seen, Answers.agreement(root, Answers.classes(seen.answers())));
  }

  private void report(List<Trial> tried) {
    Request request = trials.request();
    double[] times = tried.stream().mapToDouble(Trial::timeError).toArray();
    double[] off = tried.stream().mapToDouble(Trial::accuracyError).toArray();
    long exact = tried.stream().filter(Trial::exact).count();
    String name = "plan/prediction/" + trials.pack().subject().name();
    double p90 = Stats.share(0.9, times);
    double largest = Stats.share(1, times);
    Figure.of(name + "/first-answer/median", "off", times)
        .bound(MOST_MEDIAN)
        .accept(request, Stats.median(times) <= MOST_MEDIAN);
    Figure.of(name + "/first-answer/p90", "off", p90)
        .bound(MOST_P90)
        .with("largest", largest)
        .with("farthest", farthest(tried, largest))
        .accept(request, p90 <= MOST_P90);
    Figure.of(name + "/bytes", "exact", exact)
        .bound(tried.size())
        .accept(request, exact == tried.size());
    double accuracyP90 = Stats.share(0.9, off);
    Figure.of(name + "/accuracy/p90", "off", accuracyP90)
        .bound(MOST_ACCURACY)
        .with("median", Stats.median(off))
        .with("largest", Stats.share(1, off))
        .with("samples", root.length)
        .accept(request, accuracyP90 <= MOST_ACCURACY);
  }

  private static String farthest(List<Trial> tried, double error) {
    return tried.stream()
        .filter(trial -> trial.timeError() >= error)
        .map(Trial::described)
        .findFirst()
        .orElse("");
  }
}
