package dev.insitu.elastic.codec;

/**
 * The codes of a PLANES block on the encoder's side.
 *
 * @param planes all planes, and the signs of all elements, zeros included
 * @param head what the base group says of the block
 */
record PlaneCodes(BitPlanes planes, PlaneHead head) {

  /** The elements that plane {@code k} makes significant; all planes from k on if it is the base. */
  long[] newlySignificant(int k, boolean base) {
    long[] above = base ? new long[planes.words()] : planes.significant(k + 1);
    return Words.without(planes.significant(k), above);
  }

  /** The elements with code 0. */
  long[] zeros() {
    return Words.complement(planes.significant(0), planes.length());
  }
}
