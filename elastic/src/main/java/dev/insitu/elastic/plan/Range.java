package dev.insitu.elastic.plan;

import dev.insitu.elastic.ElasticException;
import java.util.ArrayList;
import java.util.List;
import java.util.PrimitiveIterator;
import java.util.stream.IntStream;

/** Chunk indices {@code from} to {@code to - 1} of a manifest's table. */
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

  /** All indices of the ranges in order. */
  public static IntStream indices(List<Range> ranges) {
    return ranges.stream().flatMapToInt(range -> IntStream.range(range.from, range.to));
  }
}
