package dev.insitu.planner;

/**
 * Bytes of a width's chunks: for every prefix the sums over the first segments, and the bytes of
 * each head. Not to be changed.
 */
final class ByteTable {

  private final long[] sums;
  private final int segments;
  private final int columns;

  private ByteTable(long[] sums, int segments, int columns) {
    this.sums = sums;
    this.segments = segments;
    this.columns = columns;
  }

  /**
   * @param added by prefix: the bytes of each segment and then of each head that come with it;
   *     taken over
   */
  static ByteTable of(long[] added, int segments, int columns) {
    for (int i = columns; i < added.length; i++) {
      added[i] += added[i - columns]; // a prefix holds those before it
    }
    for (int row = 0; row < added.length; row += columns) {
      for (int segment = 1; segment < segments; segment++) {
        added[row + segment] += added[row + segment - 1];
      }
    }
    return new ByteTable(added, segments, columns);
  }

  /** Of memory. */
  long bytes() {
    return 8L * sums.length;
  }

  int prefixes() {
    return sums.length / columns;
  }

  /** Of the first segments. */
  long ofSegments(int prefix, int depth) {
    return depth == 0 ? 0 : sums[prefix * columns + depth - 1];
  }

  /** Of a head, without what the segments before it need too. */
  long ofHead(int prefix, int head) {
    return sums[prefix * columns + segments + head];
  }

  /** Of all steps of a route. */
  long of(Route route, int prefix) {
    return ofSegments(prefix, route.depth) + (route.exit < 0 ? 0 : ofHead(prefix, route.exit));
  }

  /** Of a route's steps up to one. */
  long through(Route route, int prefix, int step) {
    return step < route.depth ? ofSegments(prefix, step + 1) : of(route, prefix);
  }
}
