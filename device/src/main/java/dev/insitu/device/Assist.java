package dev.insitu.device;

import dev.insitu.elastic.plan.Privacy;
import dev.insitu.runtime.features.FeatureCodec;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What a server may compute for a model's inferences.
 *
 * @param privacy what may leave the device
 * @param before the segment from which on the plan leaves the rest to the server; empty if the
 *     server helps only as long as segments are missing
 * @param bits for a value of features that go up
 * @param inputBits for a value of inputs that go up; 32 for inputs as they are
 * @param uplinkBitsPerSecond as the plan was made for; empty if nobody knew
 */
record Assist(
    Privacy privacy,
    OptionalInt before,
    int bits,
    int inputBits,
    OptionalDouble uplinkBitsPerSecond) {

  /** While segments are on their way, of which no plan says how fine features must be. */
  private static final int ARRIVING_BITS = 8;

  /** Of what may leave, if no plan says how. */
  static Assist unplanned(Privacy privacy, OptionalDouble uplinkBitsPerSecond) {
    return new Assist(
        privacy, OptionalInt.empty(), ARRIVING_BITS, FeatureCodec.EXACT, uplinkBitsPerSecond);
  }

  Assist {
    Objects.requireNonNull(privacy);
    Objects.requireNonNull(before);
    Objects.requireNonNull(uplinkBitsPerSecond);
  }

  /** Whether the plan leaves the last segments to the server. */
  boolean isDivided() {
    return before.isPresent();
  }

  /** Whether the plan leaves all of them to it. */
  boolean isElsewhere() {
    return before.equals(OptionalInt.of(0));
  }

  boolean inputsMayLeave() {
    return privacy == Privacy.INPUTS_MAY_LEAVE;
  }
}
