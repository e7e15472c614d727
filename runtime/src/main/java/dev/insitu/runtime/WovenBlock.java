package dev.insitu.runtime;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.Weave;

/** A block of a part, and where its rows and columns stand in the tensor that it is joined to. */
final class WovenBlock {

  private final Weave weave;
  private final int cell; // bytes of one row and column
  private final int partRowBytes;
  private final long first; // byte of the part at which the block begins
  private final byte[] values;

  /**
   * @param values the block's
   */
  WovenBlock(Weave weave, Block block, byte[] values) {
    this.weave = weave;
    this.cell = weave.inner() * block.tensor().type().bytes();
    this.partRowBytes = cell * weave.columns();
    this.first = block.byteOffset();
    this.values = values;
  }

  /** Bytes of a row of the joined tensor. */
  long rowBytes() {
    return (long) cell * weave.allColumns();
  }

  /** The first row of the part that the block has any of. */
  int firstRow() {
    return (int) (first / partRowBytes);
  }

  /** The last one. */
  int lastRow() {
    return (int) ((first + values.length - 1) / partRowBytes);
  }

  /** Whether the block has all of a row of the joined tensor. */
  boolean isWhole(int row) {
    return weave.columns() == weave.allColumns()
        && (long) row * partRowBytes >= first
        && (row + 1L) * partRowBytes <= first + values.length;
  }

  /** Moves all rows into the joined tensor. */
  void moveTo(byte[] joined) {
    for (int row = firstRow(); row <= lastRow(); row++) {
      move(row, joined, (int) (weave.row(row) * rowBytes()), true);
    }
  }

  /**
   * Moves one row, or what the block has of it, to or from a piece of the joined tensor.
   *
   * @param rowStart where the row begins in the piece
   */
  void move(int row, byte[] piece, int rowStart, boolean writing) {
    long rowFirst = (long) row * partRowBytes - first; // in values; outside at the block's ends
    int from = (int) Math.max(0, -rowFirst);
    int to = (int) Math.min(partRowBytes, values.length - rowFirst);
    while (from < to) {
      int column = from / cell;
      int run = 1;
      while ((column + run) * (long) cell < to
          && weave.column(column + run) == weave.column(column) + run) {
        run++;
      }
      int length = Math.min(to, (column + run) * cell) - from;
      int inPiece = rowStart + weave.column(column) * cell + from % cell;
      int inValues = (int) (rowFirst + from);
      if (writing) {
        System.arraycopy(values, inValues, piece, inPiece, length);
      } else {
        System.arraycopy(piece, inPiece, values, inValues, length);
      }
      from += length;
    }
  }
}
