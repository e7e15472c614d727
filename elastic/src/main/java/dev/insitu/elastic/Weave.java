package dev.insitu.elastic;

/**
 * Where the rows and columns of a part stand in the tensor that it is joined to. Not to be changed.
 */
public final class Weave {

  private final int rowCount;
  private final int[] rows; // none if all stand where they are
  private final int[] columns;
  private final int allColumns;
  private final int inner;

  /**
   * @param rowCount rows of the part
   * @param rows by row of the part: the tensor's row; none if it is the same
   * @param columns by column of the part: the tensor's column
   * @param allColumns columns of the tensor
   * @param inner elements of one row and column
   */
  Weave(int rowCount, int[] rows, int[] columns, int allColumns, int inner) {
    this.rowCount = rowCount;
    this.rows = rows;
    this.columns = columns;
    this.allColumns = allColumns;
    this.inner = inner;
  }

  /** Rows of the part. */
  public int rows() {
    return rowCount;
  }

  /** The tensor's row at which one of the part's rows stands. */
  public int row(int row) {
    return rows.length == 0 ? row : rows[row];
  }

  /** Columns of the part. */
  public int columns() {
    return columns.length;
  }

  /** The tensor's column at which one of the part's columns stands. */
  public int column(int column) {
    return columns[column];
  }

  /** Columns of the tensor. */
  public int allColumns() {
    return allColumns;
  }

  /** Elements of one row and column. */
  public int inner() {
    return inner;
  }

  /** Whether the part lies in the tensor as it is, in one piece. */
  boolean isPlain() {
    boolean plain = columns.length == allColumns;
    for (int i = 0; plain && i < rows.length; i++) {
      plain = rows[i] == i;
    }
    for (int i = 0; plain && i < columns.length; i++) {
      plain = columns[i] == i;
    }
    return plain;
  }
}
