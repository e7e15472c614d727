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
@SuppressWarnings("ArrayRecordComponent")
public record Column(ElementType type, long[] shape, int count, ByteBuffer bytes) {

  public Column {
    shape = shape.clone();
    bytes = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    long one = Sizes.bytes(type, shape);
    if (count < 0 || bytes.remaining() != Sizes.product(one, count)) {
      throw new SampleException(
          count
              + " samples of "
              + type
              + Arrays.toString(shape)
              + " take "
              + one
              + " bytes each; there are "
              + bytes.remaining()
              + " bytes.");
    }
  }

  /** Bytes of one sample. */
  public long sampleBytes() {
    return Sizes.bytes(type, shape);
  }

  /** The bytes of the samples [{@code from}, {@code from + length}). */
  public ByteBuffer slice(int from, int length) {
    int size = (int) sampleBytes(); // a buffer holds all of them
    return bytes.slice(from * size, length * size).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }
}
