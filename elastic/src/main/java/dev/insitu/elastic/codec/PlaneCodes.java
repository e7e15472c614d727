package dev.insitu.elastic.codec;

import org.jspecify.annotations.Nullable;

/**
 * The codes of a PLANES block on the encoder's side.
 *
 * @param planes all planes, and the signs of all elements, zeros included
 * @param head what the base group says of the block
 * @param squaredErrors by level, in squared steps, if they fell off on the way; not to be written
 *     to
 */
@SuppressWarnings("ArrayRecordComponent")
record PlaneCodes(BitPlanes planes, PlaneHead head, double @Nullable [] squaredErrors) {

  /** s, the planes after the base. */
  int refinements() {
    return head.levels() - 1;
  }

  /** The signs of the elements under a mask. */
  Packed signs(Mask mask) {
    return Packed.under(planes.signs(), mask);
  }

  /** The elements with code 0. */
  Mask zeros() {
    return Mask.complement(planes.significant(0), planes.length());
  }
}
