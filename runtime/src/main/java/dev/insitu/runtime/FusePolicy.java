package dev.insitu.runtime;

/** Whether a complete model's segments are joined into one session of the whole graph. */
public enum FusePolicy {
  /** Keep the segments. */
  NEVER,
  /** Join them if memory allows, and keep what runs faster on the inputs seen. */
  AUTO,
  /** Join them. */
  ALWAYS
}
