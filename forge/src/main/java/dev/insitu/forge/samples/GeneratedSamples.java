package dev.insitu.forge.samples;

import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.ValueSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Inputs made from a seed, for models that come without samples. Pictures (rank 4) are sums of smooth waves and noise, so that
 * convolutions see edges and areas; other floats are normal; integers are 0 to 9, which every vocabulary has; booleans are true.
 */
public final class GeneratedSamples {

  private static final int MAX_ELEMENTS = 1 << 26;

  private GeneratedSamples() {}

  /**
   * So many samples for the inputs.
   *
   * @throws SampleException if an input's shape or type is not known
   */
  public static Samples make(List<ValueSpec> inputs, int count, long seed) {
    Map<String, Column> columns = new LinkedHashMap<>();
    SplittableRandom random = new SplittableRandom(seed);
    for (ValueSpec input : inputs) {
      columns.put(input.name(), column(input, count, random));
    }
    return new Samples(columns, Optional.empty(), "inputs generated with seed " + seed);
  }

  private static Column column(ValueSpec input, int count, SplittableRandom random) {
    ElementType type = ElementType.ofOnnx(input.onnxType());
    long[] shape = SampleReader.sampleShape(input);
    long elements = 1;
    for (long dim : shape) {
      elements = Math.multiplyExact(elements, dim);
    }
    if (elements * count > MAX_ELEMENTS) {
      throw new SampleException(
          "Generating " + count + " samples of " + elements + " values for input '" + input.name() + "' exceeds " + MAX_ELEMENTS
              + " values.\nMaybe generate fewer.");
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(elements * count * type.bytes())).order(ByteOrder.LITTLE_ENDIAN);
    for (int sample = 0; sample < count; sample++) {
      if (shape.length == 4) {
        picture(type, shape, bytes, random);
      } else {
        for (long i = 0; i < elements; i++) {
          put(type, type.floating() ? random.nextGaussian() : random.nextInt(10), bytes, input);
        }
      }
    }
    return new Column(type, shape, count, bytes.flip());
  }

  private static void picture(ElementType type, long[] shape, ByteBuffer bytes, SplittableRandom random) {
    for (long plane = 0; plane < shape[0] * shape[1]; plane++) {
      double[] wave = random.doubles(12, -1, 1).toArray();
      for (long y = 0; y < shape[2]; y++) {
        for (long x = 0; x < shape[3]; x++) {
          double value = 0.3 * random.nextGaussian();
          for (int w = 0; w < wave.length; w += 3) {
            double phase = 12 * (wave[w] * x / shape[3] + wave[w + 1] * y / shape[2]) + 6 * wave[w + 2];
            value += 0.6 * Math.sin(phase);
          }
          put(type, type.floating() ? value : 128 + 50 * value, bytes, null);
        }
      }
    }
  }

  private static void put(ElementType type, double value, ByteBuffer into, @org.jspecify.annotations.Nullable ValueSpec input) {
    switch (type) {
      case FLOAT32 -> into.putFloat((float) value);
      case FLOAT64 -> into.putDouble(value);
      case FLOAT16 -> into.putShort(Float.floatToFloat16((float) value));
      case BFLOAT16 -> into.putShort((short) (Float.floatToRawIntBits((float) value) >>> 16));
      case INT8, UINT8 -> into.put((byte) Math.clamp(Math.round(value), 0, 255));
      case BOOL -> into.put((byte) 1);
      case INT16, UINT16 -> into.putShort((short) value);
      case INT32, UINT32 -> into.putInt((int) value);
      case INT64, UINT64 -> into.putLong((long) value);
      default ->
          throw new SampleException(
              "Values of type " + type + " cannot be generated" + (input == null ? "." : " for input '" + input.name() + "'.\nMaybe give samples as .npz."));
    }
  }
}
