package dev.insitu.train;

/** What a parameter does in its graph. */
public enum ParameterRole {
  /** Multiplied as a matrix or a kernel. */
  WEIGHT,
  /** A table that rows are looked up in. */
  EMBEDDING,
  /** Added. */
  BIAS,
  /** Scale or shift of a normalisation, or a factor by channel. */
  NORM,
  /** Running mean or variance: not trained, but updated by running the graph in training. */
  STATISTIC;

  /** Whether weight decay pulls it towards zero. */
  public boolean decays() {
    return this == WEIGHT || this == EMBEDDING;
  }
}
