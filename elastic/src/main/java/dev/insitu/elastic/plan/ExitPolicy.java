package dev.insitu.elastic.plan;

import dev.insitu.elastic.ElasticException;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * When an exit's answer is good enough that the rest of the model need not run. Pure.
 *
 * @param measure how sure an answer is
 * @param thresholds for each exit of the package, in their order, the least confidence or the
 *     highest entropy with which it answers; exits beyond the list never do
 */
public record ExitPolicy(Measure measure, List<Double> thresholds) {

  /** No exit answers early. */
  public static final ExitPolicy NONE = new ExitPolicy(Measure.CONFIDENCE, List.of());

  /** How sure an answer is. Both lie in 0..1, so that thresholds do not depend on the classes. */
  public enum Measure {
    /** The likeliest class's probability: high if sure. */
    CONFIDENCE(2),
    /** The entropy as a share of that of classes all alike: low if sure. */
    ENTROPY(-1);

    private final double never;

    Measure(double never) {
      this.never = never;
    }

    /** A threshold that no answer reaches. */
    public double never() {
      return never;
    }
  }

  public ExitPolicy {
    Objects.requireNonNull(measure);
    thresholds = List.copyOf(thresholds);
    for (double threshold : thresholds) {
      if (!(threshold >= -1 && threshold <= 2)) {
        throw ElasticException.invalid(
            "An exit's threshold is "
                + threshold
                + "; 0 to 1 are reached by some answers, "
                + measure.never()
                + " by none.");
      }
    }
  }

  /** Exits answer from these confidences on. */
  public static ExitPolicy confidence(double... thresholds) {
    return new ExitPolicy(Measure.CONFIDENCE, list(thresholds));
  }

  /** Exits answer up to these entropies. */
  public static ExitPolicy entropy(double... thresholds) {
    return new ExitPolicy(Measure.ENTROPY, list(thresholds));
  }

  /** One threshold for all exits of a package. */
  public static ExitPolicy same(Measure measure, double threshold, int exits) {
    return new ExitPolicy(measure, Collections.nCopies(exits, threshold));
  }

  private static List<Double> list(double... thresholds) {
    return java.util.Arrays.stream(thresholds).boxed().collect(Collectors.toUnmodifiableList());
  }

  /** Whether some answer of this exit would do; if not, its head need not run. */
  public boolean asks(int exit) {
    if (exit >= thresholds.size()) {
      return false;
    }
    double threshold = thresholds.get(exit);
    return measure == Measure.CONFIDENCE ? threshold <= 1 : threshold >= 0;
  }

  /** Whether any exit may answer early. */
  public boolean asksAny() {
    for (int exit = 0; exit < thresholds.size(); exit++) {
      if (asks(exit)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether the exit answers.
   *
   * @param exit its number in the package
   * @param scores one sample's value for each class: logits, or probabilities
   */
  public boolean answers(int exit, float... scores) {
    if (!asks(exit)) {
      return false;
    }
    double sureness = Sureness.of(measure, scores);
    double threshold = thresholds.get(exit);
    return measure == Measure.CONFIDENCE ? sureness >= threshold : sureness <= threshold;
  }
}
