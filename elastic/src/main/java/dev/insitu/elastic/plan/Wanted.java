package dev.insitu.elastic.plan;

import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What is asked for: limits that must hold, and what is best within them. What is empty is not
 * limited.
 *
 * @param accuracyFloor least accuracy of the model when all of it has arrived, 0..1; agreement with
 *     the root where accuracy was not measured
 * @param startShare least share of that model's accuracy with which first answers may be given
 *     while it is still arriving, 0..1
 * @param latencySeconds most for one inference, once all has arrived
 * @param firstAnswerSeconds most from the asking to the first answer
 * @param maxBytes most that may come down
 * @param inferences how many are expected, at least 1
 * @param certainty with which limits of time hold though the link varies, 0.5 to 0.9999: 0.5 plans
 *     with the mean
 * @param privacy what may leave the device
 * @param objective what is made best of
 */
public record Wanted(
    OptionalDouble accuracyFloor,
    double startShare,
    OptionalDouble latencySeconds,
    OptionalDouble firstAnswerSeconds,
    OptionalLong maxBytes,
    long inferences,
    double certainty,
    Privacy privacy,
    Objective objective) {

  /** Most inferences that can be expected. */
  public static final long MAX_INFERENCES = 1_000_000_000_000L;

  /** With the mean of the link. */
  public static final double MEAN = 0.5;

  /** The best there is, for one inference, and nothing leaves the device. */
  public static final Wanted BEST =
      new Wanted(
          OptionalDouble.empty(),
          Wishes.DEFAULT_START_AGREEMENT,
          OptionalDouble.empty(),
          OptionalDouble.empty(),
          OptionalLong.empty(),
          1,
          MEAN,
          Privacy.NOTHING_LEAVES,
          Objective.DEFAULT);

  public Wanted {
    Objects.requireNonNull(privacy);
    Objects.requireNonNull(objective);
    Bounds.number("accuracyFloor", accuracyFloor, 0, 1);
    Bounds.number("startShare", startShare, 0, 1);
    Bounds.positive("latencySeconds", latencySeconds, Bounds.MOST_SECONDS);
    Bounds.positive("firstAnswerSeconds", firstAnswerSeconds, Bounds.MOST_SECONDS);
    Bounds.bytes("maxBytes", maxBytes);
    Bounds.whole("inferences", inferences, 1, MAX_INFERENCES);
    Bounds.number("certainty", certainty, MEAN, 0.9999);
  }

  /** The same with another floor. */
  public Wanted withAccuracyFloor(OptionalDouble floor) {
    return new Wanted(
        floor,
        startShare,
        latencySeconds,
        firstAnswerSeconds,
        maxBytes,
        inferences,
        certainty,
        privacy,
        objective);
  }

  /** The same with other limits of time. */
  public Wanted withTimes(OptionalDouble latency, OptionalDouble firstAnswer) {
    return new Wanted(
        accuracyFloor,
        startShare,
        latency,
        firstAnswer,
        maxBytes,
        inferences,
        certainty,
        privacy,
        objective);
  }

  /** The same with another limit of bytes. */
  public Wanted withMaxBytes(OptionalLong bytes) {
    return new Wanted(
        accuracyFloor,
        startShare,
        latencySeconds,
        firstAnswerSeconds,
        bytes,
        inferences,
        certainty,
        privacy,
        objective);
  }

  /** The same for so many inferences. */
  public Wanted withInferences(long count) {
    return new Wanted(
        accuracyFloor,
        startShare,
        latencySeconds,
        firstAnswerSeconds,
        maxBytes,
        count,
        certainty,
        privacy,
        objective);
  }

  /** The same with other privacy. */
  public Wanted withPrivacy(Privacy some) {
    return new Wanted(
        accuracyFloor,
        startShare,
        latencySeconds,
        firstAnswerSeconds,
        maxBytes,
        inferences,
        certainty,
        some,
        objective);
  }

  /** The same with another objective. */
  public Wanted withObjective(Objective some) {
    return new Wanted(
        accuracyFloor,
        startShare,
        latencySeconds,
        firstAnswerSeconds,
        maxBytes,
        inferences,
        certainty,
        privacy,
        some);
  }

  /** The same with another certainty and share to start with. */
  public Wanted withCare(double sure, double share) {
    return new Wanted(
        accuracyFloor,
        share,
        latencySeconds,
        firstAnswerSeconds,
        maxBytes,
        inferences,
        sure,
        privacy,
        objective);
  }
}
