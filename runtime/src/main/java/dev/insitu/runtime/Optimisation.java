package dev.insitu.runtime;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;

/** How much the engine rewrites a graph when a session is built: faster runs for slower builds. */
public enum Optimisation {
  /** As the graph is. */
  NONE(OptLevel.NO_OPT),
  /** Redundant nodes go, constants and batch normalisations are folded. */
  BASIC(OptLevel.BASIC_OPT),
  /** Operators are fused for the processor. */
  EXTENDED(OptLevel.EXTENDED_OPT),
  /** The data layout is changed too: fastest, with about twice the memory for weights. */
  ALL(OptLevel.ALL_OPT);

  private final OptLevel level;

  Optimisation(OptLevel level) {
    this.level = level;
  }

  OptLevel level() {
    return level;
  }
}
