package dev.insitu.runtime.protocol;

import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The segments of a model that a request is about: the values at one cut go in, those at a later
 * one come out.
 *
 * @param from the first segment, and the cut before it; 0 for the model's inputs
 * @param to the segment after the last; empty for the end of the model, whose outputs are the
 *     answer
 * @param manifest of the package whose cuts are meant; empty if the caller does not mind
 */
public record Part(int from, OptionalInt to, Optional<Digest> manifest) {

  /** The whole model. */
  public static final Part WHOLE = new Part(0, OptionalInt.empty(), Optional.empty());

  /**
   * @throws ElasticException INVALID if there can be no such segments
   */
  public Part {
    Objects.requireNonNull(to);
    Objects.requireNonNull(manifest);
    if (from < 0 || to.isPresent() && to.getAsInt() <= from) {
      throw ElasticException.invalid(
          "The segments from "
              + from
              + " up to "
              + (to.isPresent() ? to.getAsInt() : "the end")
              + " were asked for; the first is 0, and the end lies behind the beginning.");
    }
  }

  /** From a cut of a package to the model's outputs. */
  public static Part from(int segment, Digest manifest) {
    return new Part(segment, OptionalInt.empty(), Optional.of(manifest));
  }
}
