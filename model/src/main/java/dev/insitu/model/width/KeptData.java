package dev.insitu.model.width;

import dev.insitu.model.WeightData;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A tensor of which some indices are left out and the others may change places, read from the whole
 * one row by row. Holds one row in memory.
 */
public final class KeptData implements WeightData {

  private final WeightData whole;
  private final int elementBytes;

  /** Rows by new place: old row. */
  private final int[] rows;

  /** Elements of a new row: old elements of the old row. */
  private final int[] elements;

  private final byte[] oldRow;
  private final byte[] newRow;
  private long loaded = -1;

  /**
   * A part of a tensor.
   *
   * @param dims the whole tensor's dimensions
   * @param kept for each dimension, by new index, the old one
   */
  public KeptData(WeightData whole, int elementBytes, long[] dims, int[][] kept) {
    this.whole = whole;
    this.elementBytes = elementBytes;
    boolean vector = dims.length < 2;
    this.rows = vector ? new int[1] : kept[0];
    int rowElements = 1;
    int[] picked = new int[1];
    for (int axis = vector ? 0 : 1; axis < dims.length; axis++) {
      rowElements = Math.multiplyExact(rowElements, (int) dims[axis]);
      picked = inner(picked, (int) dims[axis], kept[axis]);
    }
    this.elements = picked;
    this.oldRow = new byte[Math.multiplyExact(rowElements, elementBytes)];
    this.newRow = new byte[elements.length * elementBytes];
  }

  /** Every index so far with every kept one of one more dimension. */
  private static int[] inner(int[] outer, int size, int[] kept) {
    return Arrays.stream(outer)
        .flatMap(index -> IntStream.of(kept).map(inner -> index * size + inner))
        .toArray();
  }

  @Override
  public long byteLength() {
    return (long) rows.length * newRow.length;
  }

  @Override
  public synchronized void read(long byteOffset, ByteBuffer into) {
    if (byteOffset < 0 || byteOffset + into.remaining() > byteLength()) {
      throw new IllegalArgumentException(
          "bytes from " + byteOffset + " of " + byteLength() + ": " + into.remaining());
    }
    long at = byteOffset;
    while (into.hasRemaining()) {
      load(at / newRow.length);
      int from = (int) (at % newRow.length);
      int count = Math.min(newRow.length - from, into.remaining());
      into.put(newRow, from, count);
      at += count;
    }
  }

  private void load(long row) {
    if (row == loaded) {
      return;
    }
    whole.read((long) rows[(int) row] * oldRow.length, ByteBuffer.wrap(oldRow));
    for (int i = 0; i < elements.length; i++) {
      System.arraycopy(oldRow, elements[i] * elementBytes, newRow, i * elementBytes, elementBytes);
    }
    loaded = row;
  }
}
