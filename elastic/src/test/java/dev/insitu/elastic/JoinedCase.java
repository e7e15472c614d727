package dev.insitu.elastic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** A joined tensor with random axes, against the root's rows and columns picked one by one. */
final class JoinedCase {

  static final int LAST = 3;

  private final Random random;
  private final WidthTable table;
  private final JoinedTensor joined;
  private final int inner;

  JoinedCase(long seed) {
    random = new Random(seed);
    inner = 1 + random.nextInt(4);
    boolean byRows = random.nextInt(4) > 0;
    boolean byColumns = !byRows || random.nextInt(4) > 0;
    List<ChannelAxis> axes = new ArrayList<>();
    if (byRows) {
      axes.add(RandomWidths.axis(1 + random.nextInt(9), LAST, random));
    }
    if (byColumns) {
      axes.add(RandomWidths.axis(1 + random.nextInt(9), LAST, random));
    }
    List<WidthForm> forms =
        IntStream.range(0, LAST)
            .mapToObj(i -> new WidthForm(100 + i, List.of(), List.of(), ByteBuffer.allocate(0)))
            .toList();
    WidthTable parts = new WidthTable(axes, List.of(), forms);
    int plainRows = byRows ? 0 : 1 + random.nextInt(5);
    int columnAxis = byColumns ? axes.size() - 1 : -1;
    JoinedTensor bare = new JoinedTensor(byRows ? 0 : -1, plainRows, columnAxis, inner, List.of());
    List<Integer> numbers =
        IntStream.range(1, 1 + WidthParts.of(parts, bare).size()).boxed().toList();
    joined = new JoinedTensor(byRows ? 0 : -1, plainRows, columnAxis, inner, numbers);
    table = new WidthTable(axes, List.of(joined), forms);
  }

  /** The root's rows at a width in its order, by the definition. */
  private int[] at(int axis, int plain, int width) {
    if (axis < 0) {
      return IntStream.range(0, plain).toArray();
    }
    int[] indices = table.axes().get(axis).indices();
    int[] widths = table.axes().get(axis).widths();
    return width == LAST
        ? IntStream.range(0, indices.length).toArray()
        : IntStream.range(0, indices.length)
            .filter(place -> widths[place] <= width)
            .map(place -> indices[place])
            .toArray();
  }

  private int[] indices(int axis, int plain, IntPredicate width) {
    return axis < 0
        ? IntStream.range(0, width.test(0) ? plain : 0).toArray()
        : table.axes().get(axis).indices(width);
  }

  /** A number for each element of the root. */
  private static int element(int row, int column, int i) {
    return 10_000 * row + 100 * column + i;
  }

  private int[] matrix(int[] rows, int[] columns) {
    List<Integer> elements = new ArrayList<>();
    for (int row : rows) {
      for (int column : columns) {
        for (int i = 0; i < inner; i++) {
          elements.add(element(row, column, i));
        }
      }
    }
    return elements.stream().mapToInt(i -> i).toArray();
  }

  void check(int width) {
    List<WidthParts.Part> parts = WidthParts.of(table, joined);
    List<TensorSpec> tensors = new ArrayList<>();
    tensors.add(new TensorSpec("before", ElementType.INT8, Coding.RAW, 5000, 0, 0));
    List<int[]> contents = new ArrayList<>();
    BitSet used = new BitSet();
    used.set(0);
    for (int i = 0; i < parts.size(); i++) {
      int[] rows = indices(joined.rowAxis(), joined.plainRows(), parts.get(i).rows());
      int[] columns = indices(joined.columnAxis(), 1, parts.get(i).columns());
      contents.add(matrix(rows, columns));
      long length = contents.get(i).length;
      tensors.add(new TensorSpec("p" + i, ElementType.FLOAT32, Coding.VECTOR, length, 0, 0));
      used.set(1 + i, parts.get(i).width() <= width);
    }
    tensors.add(new TensorSpec("after", ElementType.INT8, Coding.RAW, 7, 0, 0));
    used.set(tensors.size() - 1);
    WeightLayout layout = WeightLayout.of(tensors, table, width, used);
    int[] expected =
        matrix(at(joined.rowAxis(), joined.plainRows(), width), at(joined.columnAxis(), 1, width));
    int[] found = new int[expected.length];
    Arrays.fill(found, -1);
    for (int i = 0; i < parts.size(); i++) {
      assertEquals(used.get(1 + i), layout.has(1 + i));
      if (used.get(1 + i)) {
        assertEquals(8192, layout.offset(1 + i), "after 5000 bytes, aligned");
        write(contents.get(i), layout.weave(1 + i), found);
      }
    }
    assertArrayEquals(expected, found, "width " + width + " of " + table.axes());
    assertEquals(0, layout.offset(0));
    assertTrue(layout.weave(0).isEmpty());
    long after = 8192 + (4L * expected.length + 4095) / 4096 * 4096;
    assertEquals(after, layout.offset(tensors.size() - 1));
    assertEquals(after + 7, layout.bytes());
  }

  private static void write(int[] content, Optional<Weave> weave, int[] into) {
    if (weave.isEmpty()) {
      System.arraycopy(content, 0, into, 0, content.length);
      return;
    }
    Weave how = weave.get();
    assertEquals(content.length, how.rows() * how.columns() * how.inner());
    int from = 0;
    for (int row = 0; row < how.rows(); row++) {
      for (int column = 0; column < how.columns(); column++) {
        int to = (how.row(row) * how.allColumns() + how.column(column)) * how.inner();
        System.arraycopy(content, from, into, to, how.inner());
        from += how.inner();
      }
    }
  }
}
