package dev.insitu.planner;

/** What stands for the accuracy of a package's sub-models. */
public enum Worth {
  /** The measured share of right answers. */
  ACCURACY,
  /** The measured share of answers like the root's: there were no labels. */
  AGREEMENT,
  /**
   * Nothing was measured: the share of the package's error that is removed, times depth and width.
   * It tells which sub-model is better, not how good it is.
   */
  UNMEASURED
}
