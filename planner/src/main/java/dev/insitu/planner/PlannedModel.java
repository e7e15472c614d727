package dev.insitu.planner;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A sub-model with the way that it comes and what is expected of it.
 *
 * @param width its share of the channels
 * @param depth segments that the device computes; 0 if the server computes all
 * @param exit the segment behind which it answers early; empty if it goes to the end
 * @param division what the server computes; empty if the device computes all
 * @param help what the server computes until the device answers by itself, which is when the last
 *     of the steps ends; empty if inferences wait
 * @param prefix chunks of the canonical order: the sub-model is those of them that the depth and
 *     width use, and all that they use of group 0
 * @param starterPrefix the same for the sub-model that gives the first answers
 * @param order of the chunks
 * @param fused whether the segments become one session when all has arrived
 * @param expected what it costs and is worth
 * @param steps what happens until the device's first answer
 */
public record PlannedModel(
    double width,
    int depth,
    OptionalInt exit,
    Optional<Division> division,
    Optional<Division> help,
    int prefix,
    int starterPrefix,
    Order order,
    boolean fused,
    Expected expected,
    List<Step> steps) {

  public PlannedModel {
    Objects.requireNonNull(exit);
    Objects.requireNonNull(division);
    Objects.requireNonNull(help);
    Objects.requireNonNull(order);
    Objects.requireNonNull(expected);
    steps = List.copyOf(steps);
    requireWithin(division, 0, steps);
    requireWithin(help, 1, steps);
  }

  private static void requireWithin(Optional<Division> division, int least, List<Step> steps) {
    int before = division.map(Division::before).orElse(0);
    if (before < 0 || before > steps.size() || division.isPresent() && steps.size() < least) {
      throw new IllegalArgumentException(
          "a cut before segment " + before + " of a plan with " + steps.size() + " steps");
    }
  }

  /**
   * A server's part.
   *
   * @param before the segment from which on it computes
   * @param bits for a value of what goes up
   * @param upBytes of a sample
   */
  public record Division(int before, int bits, double upBytes) {}

  /**
   * What a plan is expected to cost and to be worth.
   *
   * @param manifestBytes that come down before the chunks
   * @param chunkBytes that come down; exact
   * @param totalBytes over the link: down, and up with all expected inferences that the server
   *     takes part in
   * @param contentSeconds from the asking until the first chunk byte comes
   * @param firstAnswerSeconds from the asking
   * @param arrivalSeconds until all has arrived
   * @param latencySeconds of an inference after that
   * @param timeSeconds until all expected inferences are answered
   * @param joules for the model and the expected inferences, as far as their cost is known
   * @param storageBytes that the device's disk must take
   * @param memoryBytes at once
   * @param accuracy when all has arrived
   * @param firstAccuracy of the first answer
   */
  public record Expected(
      long manifestBytes,
      long chunkBytes,
      double totalBytes,
      double contentSeconds,
      double firstAnswerSeconds,
      double arrivalSeconds,
      double latencySeconds,
      double timeSeconds,
      double joules,
      long storageBytes,
      long memoryBytes,
      Accuracy accuracy,
      Accuracy firstAccuracy) {

    public Expected {
      Objects.requireNonNull(accuracy);
      Objects.requireNonNull(firstAccuracy);
    }

    /** All bytes that come down. */
    public long downBytes() {
      return manifestBytes + chunkBytes;
    }
  }

  /**
   * How good a sub-model is, with an interval of 95 %.
   *
   * @param value 0..1
   * @param low of the interval: what as few samples leave open, and the error of a prediction
   * @param high of the interval
   * @param worth what stands for accuracy
   */
  public record Accuracy(double value, double low, double high, Worth worth) {

    public Accuracy {
      Objects.requireNonNull(worth);
    }
  }

  /**
   * One part of the way to the first answer. Seconds are from the asking.
   *
   * @param segment its number; the head's is that of the segment before it
   * @param head whether it is an exit's head
   * @param bytes of its chunks that come down
   * @param arrivalSeconds when they have arrived
   * @param beginSeconds when its session begins to be made
   * @param endSeconds when it has computed the first sample
   */
  public record Step(
      int segment,
      boolean head,
      long bytes,
      double arrivalSeconds,
      double beginSeconds,
      double endSeconds) {}
}
