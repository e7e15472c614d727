package dev.insitu.planner;

/** What may be limited. */
public enum Limit {
  /** Bytes that the device's disk must take: storageBytes. */
  STORAGE("storageBytes", "B", Kind.RISING),
  /** Bytes that come down: maxBytes. */
  BYTES("maxBytes", "B", Kind.RISING),
  /** Joules for the model and the expected inferences: energyJoules. */
  ENERGY("energyJoules", "J", Kind.RISING),
  /** Seconds to the first answer: firstAnswerSeconds. */
  FIRST_ANSWER("firstAnswerSeconds", "s", Kind.RISING),
  /** The most memory at once: memoryBytes. */
  MEMORY("memoryBytes", "B", Kind.LEVEL),
  /** Seconds of an inference: latencySeconds. */
  LATENCY("latencySeconds", "s", Kind.LEVEL),
  /** 0 or 1: whether the device must compute in float32. */
  PRECISION("precisions", "", Kind.LEVEL),
  /** 0 to 2: whether features, or inputs, must leave the device. */
  PRIVACY("featuresMayLeave", "", Kind.LEVEL),
  /** The least accuracy: accuracyFloor. */
  ACCURACY("accuracyFloor", "", Kind.FLOOR);

  /** How a cost goes along the prefixes of a family. */
  enum Kind {
    /** It never falls: the limit cuts the longest off. */
    RISING,
    /** It stays: the limit allows the family or not. */
    LEVEL,
    /** Worth, which never falls either, but must reach the limit. */
    FLOOR
  }

  private final String field;
  private final String unit;
  private final Kind kind;

  Limit(String field, String unit, Kind kind) {
    this.field = field;
    this.unit = unit;
    this.kind = kind;
  }

  /** The situation's field that sets it. */
  public String field() {
    return field;
  }

  /** Of its values; empty for shares and choices. */
  public String unit() {
    return unit;
  }

  Kind kind() {
    return kind;
  }
}
