package dev.insitu.forge;

import dev.insitu.elastic.ExitSpec;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.plan.ExitPolicy;
import dev.insitu.elastic.plan.ExitPolicy.Measure;
import dev.insitu.elastic.plan.Profile.Early;
import dev.insitu.elastic.plan.Sureness;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Calibrates answering early: policies by confidence for several budgets of accuracy. */
final class EarlyPolicies {

  /** Shares of right answers that may be lost. */
  static final List<Double> BUDGETS = List.of(0.005, 0.01);

  private final Manifest manifest;
  private final Evaluator.Replies replies;
  private final Optional<int[]> labels;

  /**
   * @param replies of the whole package to all samples
   * @param labels the right class of each sample; without them what the root answers is right
   */
  EarlyPolicies(Manifest manifest, Evaluator.Replies replies, Optional<int[]> labels) {
    this.manifest = manifest;
    this.replies = replies;
    this.labels = labels;
  }

  /**
   * A policy for each budget; none without exits, for a model that does not tell classes, or where
   * nothing is known of the work.
   */
  List<Early> all() {
    double whole = manifest.macs();
    boolean classes =
        replies.whole().kind() == Answers.Kind.CLASSES
            && replies.exits().stream().allMatch(exit -> exit.kind() == Answers.Kind.CLASSES);
    if (manifest.exits().isEmpty() || !classes || whole == 0) {
      return List.of();
    }
    List<ExitThresholds.Exit> exits = new ArrayList<>();
    for (int i = 0; i < manifest.exits().size(); i++) {
      ExitSpec exit = manifest.exits().get(i);
      Answers answers = replies.exits().get(i);
      exits.add(
          new ExitThresholds.Exit(
              confidences(answers),
              right(answers),
              manifest.macs(exit.depth()),
              exit.head().macs()));
    }
    boolean[] rightAtEnd = right(replies.whole());
    return BUDGETS.stream().map(budget -> early(exits, rightAtEnd, whole, budget)).toList();
  }

  private static Early early(
      List<ExitThresholds.Exit> exits, boolean[] rightAtEnd, double whole, double budget) {
    ExitThresholds.Choice choice = ExitThresholds.choose(exits, rightAtEnd, whole, budget);
    List<Double> thresholds =
        choice.thresholds().stream()
            .map(t -> t == ExitThresholds.NEVER ? Measure.CONFIDENCE.never() : t)
            .toList();
    int before = 0;
    for (boolean right : rightAtEnd) {
      before += right ? 1 : 0;
    }
    double loss = (double) (before - choice.right()) / rightAtEnd.length;
    ExitPolicy policy = new ExitPolicy(Measure.CONFIDENCE, thresholds);
    return new Early(budget, policy, choice.cost() / whole, loss);
  }

  /** The work of the model that ends at an exit as a share of the whole's; empty if unknown. */
  static OptionalDouble macsShare(Manifest manifest, ExitSpec exit) {
    double whole = manifest.whole().macs();
    double mine = exit.head().macs() + manifest.macs(exit.depth());
    return whole > 0 ? OptionalDouble.of(mine / whole) : OptionalDouble.empty();
  }

  private static double[] confidences(Answers answers) {
    double[] confidences = new double[answers.samples()];
    for (int i = 0; i < confidences.length; i++) {
      confidences[i] = Sureness.of(Measure.CONFIDENCE, answers.values().get(i));
    }
    return confidences;
  }

  private boolean[] right(Answers answers) {
    boolean[] right = new boolean[answers.samples()];
    for (int i = 0; i < right.length; i++) {
      int wanted = labels.isPresent() ? labels.get()[i] : replies.whole().best(i);
      right[i] = answers.best(i) == wanted;
    }
    return right;
  }
}
