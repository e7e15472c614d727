package dev.insitu.runtime;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What a model answered.
 *
 * @param outputs the model's outputs by name, in the model's order
 * @param depth how many segments ran
 * @param exit the number of the exit in the package that answered; empty if the whole model did
 * @param macsShare multiply-accumulates that were done, heads that were asked in vain included, as
 *     a share of the whole model's; empty if those are unknown
 * @param origin who computed it
 */
public record Answer(
    Map<String, Tensor> outputs,
    int depth,
    OptionalInt exit,
    OptionalDouble macsShare,
    Origin origin) {

  /** Who computed an answer. */
  public enum Origin {
    /** This device. */
    DEVICE,
    /** A server, from the segment on that the depth tells; the device the segments before it. */
    SERVER,
    /** This device alone as far as it could, because the server that was asked did not answer. */
    DEVICE_WITHOUT_SERVER
  }

  public Answer {
    Objects.requireNonNull(origin);
    outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
  }

  /** Of this device. */
  public Answer(
      Map<String, Tensor> outputs, int depth, OptionalInt exit, OptionalDouble macsShare) {
    this(outputs, depth, exit, macsShare, Origin.DEVICE);
  }

  /** The same from elsewhere. */
  public Answer from(Origin other) {
    return new Answer(outputs, depth, exit, macsShare, other);
  }
}
