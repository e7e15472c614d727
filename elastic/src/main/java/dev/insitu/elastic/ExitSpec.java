package dev.insitu.elastic;

import java.util.Objects;

/**
 * A place where the model can answer early: a head that makes the model's outputs of what the first
 * segments made.
 *
 * @param after the segment that it follows: the segments 0..{@code after} and the head are a model
 * @param head like a segment; its inputs are inputs of the model or outputs of the segments
 *     0..{@code after}, its outputs stand for the model's, one for each in their order and of the
 *     same element type, under names of their own
 */
public record ExitSpec(int after, SegmentSpec head) {

  public ExitSpec {
    Objects.requireNonNull(head);
    if (after < 0 || after >= Manifest.MAX_SEGMENTS) {
      throw ElasticException.corrupt("An exit stands after segment " + after + ".");
    }
  }

  /** How many segments run before the head: the depth of the model that ends here. */
  public int depth() {
    return after + 1;
  }
}
