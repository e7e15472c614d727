package dev.insitu.elastic.plan;

import dev.insitu.elastic.ElasticException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.PrimitiveIterator;
import java.util.stream.IntStream;

/**
 * Chunk indices {@code from} to {@code to - 1} of a manifest's table.
 *
 * @param from the first
 * @param to the one after the last
 */
public record Range(int from, int to) {

  public Range {
    if (from < 0 || to <= from) {
      throw ElasticException.invalid("[" + from + ", " + to + ") is not a range of chunks.");
    }
  }

  /** The indices, in the given order, as the fewest ascending ranges. */
  public static List<Range> of(IntStream indices) {
    List<Range> ranges = new ArrayList<>();
    int from = -1;
    int to = -1;
    for (PrimitiveIterator.OfInt i = indices.iterator(); i.hasNext(); ) {
      int index = i.nextInt();
      if (index != to) {
        if (from >= 0) {
          ranges.add(new Range(from, to));
        }
        from = index;
      }
      to = index + 1;
    }
    if (from >= 0) {
      ranges.add(new Range(from, to));
    }
    return ranges;
  }

  /**
   * All indices of the ranges in order. For ranges that were checked: a range from outside may be
   * 2^31 long and be given twice, see {@link #within}.
   */
  public static IntStream indices(List<Range> ranges) {
    return ranges.stream().flatMapToInt(range -> IntStream.range(range.from, range.to));
  }

  /** Number of indices, those in two ranges counted twice. */
  static long count(List<Range> ranges) {
    return ranges.stream().mapToLong(range -> range.to - (long) range.from).sum();
  }

  /** The indices below {@code end} that any of the ranges holds, whatever the ranges are. */
  public static BitSet within(List<Range> ranges, int end) {
    List<Range> sorted = new ArrayList<>(ranges);
    sorted.sort(Comparator.comparingInt(Range::from));
    BitSet indices = new BitSet();
    int done = 0;
    for (Range range : sorted) {
      int from = Math.max(done, range.from);
      int to = Math.min(range.to, end);
      if (from < to) {
        indices.set(from, to);
        done = to;
      }
    }
    return indices;
  }
}
