package dev.insitu.runtime;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
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
 */
public record Answer(
    Map<String, Tensor> outputs, int depth, OptionalInt exit, OptionalDouble macsShare) {

  public Answer {
    outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
  }
}
