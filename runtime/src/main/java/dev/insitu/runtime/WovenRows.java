package dev.insitu.runtime;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.Weave;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Writes blocks of a part into the rows and columns that it has of a joined tensor in a weight
 * file, and reads them back.
 *
 * <p>Rows that lie close together in the file are gone through in one piece: it is read, unless it
 * is covered, changed in memory and written. What is between columns of others stays as it is.
 */
final class WovenRows {

  /** A piece of the file ends where the next row is farther than this. */
  private static final int MOST_GAP = 4096;

  /** A piece of several rows is at most as long. */
  private static final int MOST_PIECE = 256 << 10;

  private final FileChannel channel;
  private final Weave weave;
  private final long start;
  private final WovenBlock block;
  private final long rowBytes;

  /**
   * @param start where the joined tensor begins in the file
   * @param values the block's
   */
  WovenRows(FileChannel channel, Weave weave, long start, Block block, byte[] values) {
    this.channel = channel;
    this.weave = weave;
    this.start = start;
    this.block = new WovenBlock(weave, block, values);
    this.rowBytes = this.block.rowBytes();
  }

  /** Writes the values into the file. */
  void write() throws IOException {
    go(true);
  }

  /** Reads the values from the file. */
  void read() throws IOException {
    go(false);
  }

  private void go(boolean writing) throws IOException {
    int from = block.firstRow();
    Integer[] rows = new Integer[block.lastRow() - from + 1];
    Arrays.setAll(rows, i -> from + i);
    Arrays.sort(rows, Comparator.comparingInt(weave::row));
    for (int i = 0; i < rows.length; ) {
      int end = i + 1;
      while (end < rows.length && isNear(rows[i], rows[end - 1], rows[end])) {
        end++;
      }
      piece(Arrays.asList(rows).subList(i, end), writing);
      i = end;
    }
  }

  private boolean isNear(int begin, int last, int next) {
    long gap = (weave.row(next) - weave.row(last) - 1L) * rowBytes;
    long length = (weave.row(next) - weave.row(begin) + 1L) * rowBytes;
    return gap <= MOST_GAP && length <= MOST_PIECE;
  }

  private void piece(List<Integer> rows, boolean writing) throws IOException {
    int begin = weave.row(rows.get(0));
    int length = (int) ((weave.row(rows.get(rows.size() - 1)) - begin + 1L) * rowBytes);
    long position = start + begin * rowBytes;
    byte[] piece = new byte[length];
    ByteBuffer bytes = ByteBuffer.wrap(piece);
    boolean covered = rows.size() * rowBytes == length && rows.stream().allMatch(block::isWhole);
    if (!writing || !covered) {
      readUpTo(bytes, position);
    }
    for (int row : rows) {
      block.move(row, piece, (int) ((weave.row(row) - begin) * rowBytes), writing);
    }
    long at = position;
    while (writing && bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  /** Fills the buffer, with zeros where the file has ended, and goes back to its beginning. */
  private void readUpTo(ByteBuffer bytes, long position) throws IOException {
    int read = 0;
    while (read >= 0 && bytes.hasRemaining()) {
      read = channel.read(bytes, position + bytes.position());
    }
    Buffers.window(bytes, bytes.capacity());
  }
}
