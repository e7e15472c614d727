package dev.insitu.planner;

/** In which order the chunks of a sub-model come. */
public enum Order {
  /** All planes of a segment, then those of the next: the first answer has all the accuracy. */
  LAYER_MAJOR,
  /**
   * A smaller sub-model of the same depth and width segment by segment, then the rest in canonical
   * order: an earlier, less accurate first answer, and refinement in place.
   */
  PLANE_MAJOR
}
