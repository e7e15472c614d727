package dev.insitu.elastic;

import java.util.List;

/**
 * A weight that is stored in parts, as narrower widths have fewer of its rows or columns. Looked at
 * as rows of columns of {@code inner} elements each, its parts are, in this order: the narrowest
 * width's rows and columns, then for each wider one the rows there were with the columns that come,
 * then the rows that come with all columns there are by then; without those that are empty. Within
 * a part rows and columns stand by place.
 *
 * @param rowAxis number of the axis that the rows are, or -1 if all widths have all rows
 * @param plainRows number of rows, if they are no axis; else 0
 * @param columnAxis number of the axis that the columns are, or -1 for one column
 * @param inner elements of one row and column
 * @param parts numbers of the tensors that hold the parts
 */
public record JoinedTensor(
    int rowAxis, int plainRows, int columnAxis, int inner, List<Integer> parts) {

  /** Most bytes of one row at the whole width: what putting parts together takes in memory. */
  public static final int MAX_ROW_BYTES = 16 << 20;

  public JoinedTensor {
    parts = List.copyOf(parts);
    if (rowAxis < -1
        || columnAxis < -1
        || Math.max(rowAxis, columnAxis) < 0
        || inner < 1
        || (rowAxis < 0 ? plainRows < 1 : plainRows != 0)) {
      throw ElasticException.corrupt(
          "A joined tensor has axes "
              + rowAxis
              + " and "
              + columnAxis
              + ", "
              + plainRows
              + " rows besides and "
              + inner
              + " elements for each row and column.");
    }
  }
}
