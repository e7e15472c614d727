package dev.insitu.forge;

import dev.insitu.elastic.ElementType;
import java.nio.ByteBuffer;

/**
 * What one pass over a tensor's values tells: spread, largest magnitude, whether all are finite.
 * Memory does not depend on the tensor's size.
 */
final class TensorStats {

  /** Magnitudes above this overflow when rebuilt or rounded. */
  private static final float LARGEST = 0x1p127f;

  private static final int TILE = 8192;

  private final ElementType type;
  private final float[] tile = new float[TILE];
  private final long[] histogram = new long[256]; // of 8-bit values
  private long count;
  private double squares;
  private float largest;

  /**
   * @param type of the values: float32, float16, bfloat16, int8 or uint8
   */
  TensorStats(ElementType type) {
    this.type = type;
  }

  /** Adds the buffer's values; its position does not move. */
  void add(ByteBuffer values) {
    int elements = values.remaining() / type.bytes();
    count += elements;
    if (type.bytes() == 1) {
      for (int i = 0; i < elements; i++) {
        histogram[values.get(values.position() + i) & 0xff]++;
      }
      return;
    }
    for (int first = 0; first < elements; first += TILE) {
      int length = Math.min(TILE, elements - first);
      Values.read(type, values, first, length, tile);
      squares += squares(tile, length);
      largest = Math.max(largest, Values.largest(tile, 0, length)); // NaN sticks
    }
  }

  /** Statistics of the values of both. */
  TensorStats with(TensorStats other) {
    TensorStats sum = new TensorStats(type);
    for (int i = 0; i < histogram.length; i++) {
      sum.histogram[i] = histogram[i] + other.histogram[i];
    }
    sum.count = count + other.count;
    sum.squares = squares + other.squares;
    sum.largest = Math.max(largest, other.largest);
    return sum;
  }

  /** Four sums at once, so that an addition need not wait for the one before. */
  private static double squares(float[] values, int length) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i + 3 < length; i += 4) {
      a += (double) values[i] * values[i];
      b += (double) values[i + 1] * values[i + 1];
      c += (double) values[i + 2] * values[i + 2];
      d += (double) values[i + 3] * values[i + 3];
    }
    for (; i < length; i++) {
      a += (double) values[i] * values[i];
    }
    return a + b + (c + d);
  }

  /** Whether the values can be coded as numbers: none is NaN, infinite or above 2^127. */
  boolean codable() {
    return largest <= LARGEST;
  }

  /** The largest magnitude of floats; NaN if one is NaN. */
  float largest() {
    return largest;
  }

  /** Root mean square of all values; of 8-bit integers around the zero point. */
  double spread() {
    if (count == 0) {
      return 0;
    }
    double sum = squares;
    int zeroPoint = zeroPoint();
    for (int i = 0; i < histogram.length; i++) {
      double distance = (type == ElementType.INT8 ? (byte) i : i) - zeroPoint;
      sum += histogram[i] * distance * distance;
    }
    return Math.sqrt(sum / count);
  }

  /** What stands for zero: of uint8 the most frequent value, else 0. */
  int zeroPoint() {
    int mode = 0;
    for (int i = 1; i < histogram.length && type == ElementType.UINT8; i++) {
      if (histogram[i] > histogram[mode]) {
        mode = i;
      }
    }
    return mode;
  }
}
