package dev.insitu.benchmarks.models;

/** How the weights of a layer are distributed; the variance is the same for each. */
public enum Distribution {
  /** Normal. */
  GAUSSIAN("gaussian"),
  /** Student's t with three degrees of freedom: a few weights are many deviations large. */
  HEAVY_TAILED("heavy-tailed");

  private final String id;

  Distribution(String id) {
    this.id = id;
  }

  @Override
  public String toString() {
    return id;
  }
}
