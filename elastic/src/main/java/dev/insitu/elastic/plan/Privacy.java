package dev.insitu.elastic.plan;

/** What may leave the device; each allows what stands before it too. */
public enum Privacy {
  /** Nothing: all is computed on the device. */
  NOTHING_LEAVES,
  /** Features: values that segments on the device made. */
  FEATURES_MAY_LEAVE,
  /** Inputs too. */
  INPUTS_MAY_LEAVE
}
