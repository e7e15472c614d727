package dev.insitu.elastic.plan;

/** What may be made best of. */
public enum Goal {
  /** The most accuracy; agreement with the root where accuracy was not measured. */
  ACCURACY("accuracy"),
  /** The least time to the first answer. */
  FIRST_ANSWER("firstAnswer"),
  /** The least time until all expected inferences are answered. */
  TIME("time"),
  /** The fewest bytes over the link: down once, and up with every inference. */
  BYTES("bytes");

  private final String field;

  Goal(String field) {
    this.field = field;
  }

  /** How it is called in JSON. */
  public String field() {
    return field;
  }
}
