package dev.insitu.forge.samples;

import dev.insitu.elastic.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The values of one model input for all samples.
 *
 * @param type of the values
 * @param shape of one sample as it is fed alone: where there is a batch dimension, that is 1
 * @param count number of samples
 * @param bytes {@code count} samples one after the other, little-endian, C order
 */
public record Column(ElementType type, long[] shape, int count, ByteBuffer bytes) {

  public Column {
    shape = shape.clone();
    bytes = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    long needed = sampleBytes(type, shape) * count;
    if (bytes.remaining() != needed) {
      throw new SampleException(
          "Samples of shape " + Arrays.toString(shape) + " need " + needed + " bytes for " + count + "; there are " + bytes.remaining() + ".");
    }
  }

  /** Bytes of one sample. */
  public long sampleBytes() {
    return sampleBytes(type, shape);
  }

  private static long sampleBytes(ElementType type, long[] shape) {
    long elements = 1;
    for (long dim : shape) {
      elements = Math.multiplyExact(elements, dim);
    }
    return elements * type.bytes();
  }

  /** The bytes of the samples [{@code from}, {@code from + length}). */
  public ByteBuffer slice(int from, int length) {
    int size = Math.toIntExact(sampleBytes());
    return bytes.slice(from * size, length * size).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }
}
