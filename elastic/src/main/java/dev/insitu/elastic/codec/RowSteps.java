package dev.insitu.elastic.codec;

import java.util.Arrays;

/** The steps of a block's rows, handed out per element. */
final class RowSteps {

  private final int rowLength;
  private final float[] perRow;

  /**
   * @param rowLength elements of a row
   * @param perRow one factor for each row
   */
  RowSteps(int rowLength, float[] perRow) {
    this.rowLength = rowLength;
    this.perRow = perRow;
  }

  static RowSteps ofCodes(int rowLength, short[] codes) {
    float[] steps = new float[codes.length];
    for (int row = 0; row < steps.length; row++) {
      steps[row] = Steps.value(codes[row] & 0xffff);
    }
    return new RowSteps(rowLength, steps);
  }

  /** No steps, as of integer blocks. */
  static RowSteps none() {
    return new RowSteps(1, new float[0]);
  }

  int rows() {
    return perRow.length;
  }

  /** A row's factor. */
  float of(int row) {
    return perRow[row];
  }

  /** The code of a row's step. */
  int code(int row) {
    return Float.floatToRawIntBits(perRow[row]) >>> 20;
  }

  /** Whether all rows have the same factor. */
  boolean isUniform() {
    for (float factor : perRow) {
      if (factor != perRow[0]) {
        return false;
      }
    }
    return true;
  }

  /** Every factor multiplied. */
  RowSteps times(float factor) {
    float[] scaled = perRow.clone();
    for (int row = 0; row < scaled.length; row++) {
      scaled[row] *= factor;
    }
    return new RowSteps(rowLength, scaled);
  }

  /** Fills {@code target} with the factor of each element from {@code first} on. */
  void fill(int first, int count, float[] target) {
    int row = first / rowLength;
    int end = (row + 1) * rowLength - first;
    int at = 0;
    while (at < count) {
      int next = Math.min(end, count);
      Arrays.fill(target, at, next, perRow[row++]);
      at = next;
      end += rowLength;
    }
  }

  long memoryBytes() {
    return 4L * perRow.length;
  }
}
