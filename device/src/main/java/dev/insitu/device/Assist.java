package dev.insitu.device;

import dev.insitu.elastic.plan.Privacy;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What a server may compute for a model's inferences.
 *
 * @param privacy what may leave the device
 * @param before the segment from which on the plan leaves the rest to the server; empty if the
 *     server helps only as long as segments are missing
 * @param bits for a value of what goes up
 * @param uplinkBitsPerSecond as the plan was made for; empty if nobody knew
 */
record Assist(Privacy privacy, OptionalInt before, int bits, OptionalDouble uplinkBitsPerSecond) {

  /** While segments are on their way, of which no plan says how fine features must be. */
  static final int ARRIVING_BITS = 8;

  Assist {
    Objects.requireNonNull(privacy);
    Objects.requireNonNull(before);
    Objects.requireNonNull(uplinkBitsPerSecond);
  }

  boolean inputsMayLeave() {
    return privacy == Privacy.INPUTS_MAY_LEAVE;
  }
}
