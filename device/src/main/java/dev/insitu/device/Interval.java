package dev.insitu.device;

/**
 * Bytes {@code from} to {@code to - 1} of a stream.
 *
 * @param from first byte
 * @param to byte after the last
 */
record Interval(long from, long to) {

  Interval {
    if (from < 0 || to <= from) {
      throw new IllegalArgumentException("[" + from + ", " + to + ") is no interval");
    }
  }

  long length() {
    return to - from;
  }
}
