package dev.insitu.forge;

import dev.insitu.elastic.ElementType;
import java.nio.ByteBuffer;

/** What one pass over a tensor's values tells: spread of every row, the largest magnitudes, whether all are finite. */
final class TensorStats {

  /** Magnitudes above this overflow when rebuilt or rounded, so such tensors are not coded in planes. */
  private static final float LARGEST = 0x1p127f;

  private final ElementType type;
  private final int rowLength;
  private final double[] squares; // per row
  private final float[] largest; // per row
  private final long[] histogram = new long[256]; // of 8-bit values
  private long count;
  private boolean finite = true;

  /**
   * @param type of the values; 8-bit integers or floats
   * @param length elements of the tensor
   * @param rowLength elements of a row
   */
  TensorStats(ElementType type, long length, int rowLength) {
    this.type = type;
    this.rowLength = rowLength;
    int rows = Math.toIntExact((length + rowLength - 1) / rowLength);
    this.squares = new double[rows];
    this.largest = new float[rows];
  }

  /** Adds the next values, in order. */
  void add(ByteBuffer values) {
    int elements = values.remaining() / type.bytes();
    for (int i = 0; i < elements; ) {
      int row = (int) (count / rowLength);
      int end = (int) Math.min(elements, i + rowLength - count % rowLength);
      addRow(values, row, i, end);
      count += end - i;
      i = end;
    }
  }

  private void addRow(ByteBuffer values, int row, int from, int to) {
    double sum = 0;
    float max = largest[row];
    for (int i = from; i < to; i++) {
      float value = Values.get(type, values, values.position() + i * type.bytes());
      sum += (double) value * value;
      max = Math.max(max, Math.abs(value)); // NaN sticks
      if (type.bytes() == 1) {
        histogram[values.get(values.position() + i) & 0xff]++;
      }
    }
    squares[row] += sum;
    largest[row] = max;
    finite &= max <= LARGEST;
  }

  /** Whether no value is NaN, infinite or above 2^127. */
  boolean finite() {
    return finite;
  }

  int rows() {
    return squares.length;
  }

  /** Root mean square of all values. */
  double spread() {
    double sum = 0;
    for (double square : squares) {
      sum += square;
    }
    return count == 0 ? 0 : Math.sqrt(sum / count);
  }

  /** Root mean square of a row. */
  double spread(int row) {
    long rowCount = Math.min(rowLength, count - (long) row * rowLength);
    return Math.sqrt(squares[row] / rowCount);
  }

  /** Largest magnitude in a row. */
  float largest(int row) {
    return largest[row];
  }

  /** The most frequent 8-bit value: in quantised weights, the zero point. */
  int mode() {
    int mode = 0;
    for (int i = 1; i < histogram.length; i++) {
      if (histogram[i] > histogram[mode]) {
        mode = i;
      }
    }
    return type == ElementType.INT8 ? (byte) mode : mode;
  }
}
