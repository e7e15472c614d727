package dev.insitu.planner;

/**
 * Some candidates of a family.
 *
 * @param from the first prefix
 * @param to the last
 */
record Span(Family family, int from, int to) {

  Span {
    if (from > to) {
      throw new IllegalArgumentException("from " + from + " to " + to);
    }
  }
}
