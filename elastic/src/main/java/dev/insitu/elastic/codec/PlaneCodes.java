package dev.insitu.elastic.codec;

/**
 * The codes of a PLANES block on the encoder's side.
 *
 * @param planes all planes, and the signs of all elements, zeros included
 * @param head what the base group says of the block
 */
record PlaneCodes(BitPlanes planes, PlaneHead head) {

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
