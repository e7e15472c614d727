package dev.insitu.train;

/** How operators behave that differ between training and use. */
public enum Mode {
  /** Batch normalisations use the batch's statistics and update the running ones; dropout drops. */
  TRAIN,
  /** As a runtime computes. */
  EVAL
}
