package dev.insitu.elastic;

/** How a tensor's values are coded (format, section 2). The order is the number on the wire. */
public enum Coding {
  /** Whole bytes, in the base group. */
  RAW,
  /** Float32 upper halves in the base group, lower halves in the lossless group. */
  VECTOR,
  /** Sign-magnitude integer codes, plane by plane, most significant first. */
  PLANES
}
