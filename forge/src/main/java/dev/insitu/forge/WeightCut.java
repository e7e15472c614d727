package dev.insitu.forge;

import dev.insitu.elastic.ChannelAxis;
import dev.insitu.elastic.ElementType;
import dev.insitu.model.Weight;
import dev.insitu.model.width.AxisOrder;
import dev.insitu.model.width.KeptData;
import java.util.Arrays;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * A weight looked at as rows of columns of elements, so that its parts are rectangles. Its last
 * dimension of which narrower widths have less is the columns, unless it is the first; what stands
 * before is the rows, what stands behind the elements.
 */
final class WeightCut {

  private final Weight weight;
  private final Optional<ChannelAxis> rows;
  private final int plainRows;
  private final Optional<ChannelAxis> columns;
  private final int inner;

  /**
   * A part that is not empty.
   *
   * @param weight that it is of
   * @param dims its shape
   * @param data its values
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Part(Weight weight, long[] dims, KeptData data) {

    Weight as(int index, String name) {
      int output = weight.outputAxis() < 0 ? -1 : 0;
      return new Weight(index, name, weight.elementType(), dims, weight.role(), output, data);
    }
  }

  /**
   * @param orders of the dimensions of which narrower widths have less
   */
  WeightCut(Weight weight, SortedMap<Integer, AxisOrder> orders) {
    this.weight = weight;
    long[] dims = weight.dims();
    int last = orders.lastKey();
    boolean single = orders.size() == 1;
    int before =
        single ? last - 1 : orders.headMap(last).lastKey(); // the last dimension of the rows
    boolean first = single && product(dims, 0, last) == 1;
    this.rows =
        first
            ? Optional.of(axis(dims, orders, 0, last))
            : single ? Optional.empty() : Optional.of(axis(dims, orders, 0, before));
    this.plainRows = Math.toIntExact(product(dims, 0, before + 1));
    this.columns = first ? Optional.empty() : Optional.of(axis(dims, orders, before + 1, last));
    this.inner = Math.toIntExact(product(dims, last + 1, dims.length));
  }

  private static long product(long[] dims, int from, int end) {
    return Arrays.stream(dims, from, Math.max(from, end)).reduce(1, Math::multiplyExact);
  }

  /** The dimensions from one to another, that included, as one: the last counts fastest. */
  private static ChannelAxis axis(
      long[] dims, SortedMap<Integer, AxisOrder> orders, int from, int to) {
    int[] indices = new int[1];
    int[] widths = new int[1];
    for (int axis = from; axis <= to; axis++) {
      int size = Math.toIntExact(dims[axis]);
      AxisOrder order = orders.get(axis);
      int[] next = order == null ? IntStream.range(0, size).toArray() : order.indices();
      int[] from0 = order == null ? new int[size] : order.widths();
      int[] outer = indices;
      int[] outerWidths = widths;
      int length = Math.multiplyExact(outer.length, size);
      indices = new int[length];
      widths = new int[length];
      for (int i = 0; i < length; i++) {
        indices[i] = outer[i / size] * size + next[i % size];
        widths[i] = Math.max(outerWidths[i / size], from0[i % size]);
      }
    }
    return new ChannelAxis(indices, widths);
  }

  Optional<ChannelAxis> rows() {
    return rows;
  }

  /** Number of rows of the whole width. */
  int plainRows() {
    return plainRows;
  }

  Optional<ChannelAxis> columns() {
    return columns;
  }

  int inner() {
    return inner;
  }

  /**
   * What comes with a width.
   *
   * @param newRows the rows that come with it, else the columns for the rows there were
   */
  Optional<Part> part(int width, boolean newRows) {
    IntPredicate same = some -> some == width;
    int[] some = rows(newRows ? same : before -> before < width);
    int[] others = columns(newRows ? upTo -> upTo <= width : same);
    if (some.length == 0 || others.length == 0) {
      return Optional.empty();
    }
    int size = columns.map(ChannelAxis::size).orElse(1);
    int allRows = rows.map(ChannelAxis::size).orElse(plainRows);
    KeptData data =
        new KeptData(
            weight.data(),
            ElementType.ofOnnx(weight.elementType()).bytes(),
            new long[] {allRows, size, inner},
            new int[][] {some, others, IntStream.range(0, inner).toArray()});
    long[] dims =
        weight.dims().length < 2
            ? new long[] {some.length}
            : new long[] {some.length, others.length, inner};
    return Optional.of(new Part(weight, dims, data));
  }

  private int[] rows(IntPredicate width) {
    return rows.isPresent()
        ? rows.get().indices(width)
        : IntStream.range(0, width.test(0) ? plainRows : 0).toArray();
  }

  private int[] columns(IntPredicate width) {
    return columns.isPresent() ? columns.get().indices(width) : new int[width.test(0) ? 1 : 0];
  }
}
