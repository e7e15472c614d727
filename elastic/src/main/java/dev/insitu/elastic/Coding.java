package dev.insitu.elastic;

/** How a tensor's values are coded (format, section 2). */
public enum Coding {
  /** Whole bytes, in the base group. */
  RAW(0),
  /** Float32 upper halves in the base group, lower halves in the lossless group. */
  VECTOR(1),
  /** Sign-magnitude integer codes, plane by plane, most significant first. */
  PLANES(2),
  /** As VECTOR, but groups between base and lossless may state all values anew. */
  STATED(3);

  private final int number;

  Coding(int number) {
    this.number = number;
  }

  /** The number on the wire. */
  int number() {
    return number;
  }

  /**
   * @throws ElasticException TOO_NEW if the number is unknown
   */
  static Coding of(int number) {
    return switch (number) {
      case 0 -> RAW;
      case 1 -> VECTOR;
      case 2 -> PLANES;
      case 3 -> STATED;
      default ->
          throw new ElasticException(
              ElasticException.Reason.TOO_NEW,
              "A tensor has coding "
                  + number
                  + ", which this version does not know.\nMaybe update Insitu on this device.");
    };
  }
}
