package dev.insitu.elastic;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/** The rectangles that a joined tensor's parts are (see {@link JoinedTensor}). */
public final class WidthParts {

  private WidthParts() {}

  /**
   * One part.
   *
   * @param width the narrowest that has it
   * @param newRows whether its rows come with that width; else its columns do
   */
  public record Part(int width, boolean newRows) {

    /** The widths that its rows came with. */
    public IntPredicate rows() {
      return newRows ? some -> some == width : some -> some < width;
    }

    /** The widths that its columns came with. */
    public IntPredicate columns() {
      return newRows ? some -> some <= width : some -> some == width;
    }
  }

  /** The parts of a joined tensor that are not empty, in their order. */
  public static List<Part> of(WidthTable table, JoinedTensor joined) {
    List<Part> parts = new ArrayList<>();
    for (int width = 0; width <= table.forms().size(); width++) {
      for (boolean newRows : new boolean[] {false, true}) {
        Part part = new Part(width, newRows);
        if (rows(table, joined, part.rows()) > 0 && columns(table, joined, part.columns()) > 0) {
          parts.add(part);
        }
      }
    }
    return parts;
  }

  /** Number of rows that came with such widths. */
  static int rows(WidthTable table, JoinedTensor joined, IntPredicate width) {
    return joined.rowAxis() >= 0
        ? table.axes().get(joined.rowAxis()).count(width)
        : width.test(0) ? joined.plainRows() : 0;
  }

  /** Number of columns that came with such widths. */
  static int columns(WidthTable table, JoinedTensor joined, IntPredicate width) {
    return joined.columnAxis() >= 0
        ? table.axes().get(joined.columnAxis()).count(width)
        : width.test(0) ? 1 : 0;
  }

  /** Elements of a joined tensor at a width. */
  static long elements(WidthTable table, JoinedTensor joined, int width) {
    IntPredicate has = some -> some <= width;
    return (long) rows(table, joined, has) * columns(table, joined, has) * joined.inner();
  }

  /** Where a part's rows and columns stand in the joined tensor at a width. */
  static Weave weave(WidthTable table, JoinedTensor joined, Part part, int width) {
    boolean whole = width == table.forms().size();
    int[] rows =
        joined.rowAxis() >= 0
            ? table.axes().get(joined.rowAxis()).positions(part.rows(), width, whole)
            : new int[0];
    int[] columns =
        joined.columnAxis() >= 0
            ? table.axes().get(joined.columnAxis()).positions(part.columns(), width, whole)
            : new int[1];
    return new Weave(
        rows(table, joined, part.rows()),
        rows,
        columns,
        columns(table, joined, some -> some <= width),
        joined.inner());
  }
}
