package dev.insitu.elastic.plan;

import dev.insitu.elastic.ElasticException;
import java.util.List;

/** What is made best of within the limits. */
public sealed interface Objective {

  /** The most accuracy; of equals the least time, then the fewest bytes. */
  Objective DEFAULT = new InOrder(List.of(Goal.ACCURACY, Goal.TIME, Goal.BYTES), 0);

  /**
   * The first goal decides; what it leaves equal, the next.
   *
   * @param goals at least one, each once
   * @param accuracyTolerance accuracies that are apart by no more than that count as equal
   */
  record InOrder(List<Goal> goals, double accuracyTolerance) implements Objective {

    public InOrder {
      goals = List.copyOf(goals);
      if (goals.isEmpty() || goals.stream().distinct().count() != goals.size()) {
        throw ElasticException.invalid(
            "'goals' names " + goals + "; it must name at least one goal, and each only once.");
      }
      Bounds.number("accuracyTolerance", accuracyTolerance, 0, 1);
    }

    /** These goals without any tolerance. */
    public static InOrder of(Goal... goals) {
      return new InOrder(List.of(goals), 0);
    }
  }

  /**
   * The highest score: accuracy (0 to 1) times its weight, less seconds and bytes times theirs.
   *
   * @param accuracy for an accuracy of 1
   * @param firstAnswerSecond for a second until the first answer
   * @param second for a second until all expected inferences are answered
   * @param kilobyte for 1,000 bytes over the link
   */
  record Weighted(double accuracy, double firstAnswerSecond, double second, double kilobyte)
      implements Objective {

    public Weighted {
      Bounds.number("accuracyWeight", accuracy, 0, Bounds.MOST);
      Bounds.number("firstAnswerSecondWeight", firstAnswerSecond, 0, Bounds.MOST);
      Bounds.number("secondWeight", second, 0, Bounds.MOST);
      Bounds.number("kilobyteWeight", kilobyte, 0, Bounds.MOST);
      if (accuracy + firstAnswerSecond + second + kilobyte == 0) {
        throw ElasticException.invalid(
            "All weights are 0: every plan would be as good as any other."
                + "\nMaybe give 'accuracyWeight' or leave the weights out.");
      }
    }
  }
}
