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
 * Inputs made from a seed, for models that come without samples. Pictures (rank 4) are by turns
 * sums of smooth waves, so that convolutions see edges and areas, and rows of dark strokes on light
 * ground, in which detectors of text and things find something; other floats are normal; integers
 * are 0 or 1, which every vocabulary and every mask has; booleans are true.
 */
public final class GeneratedSamples {

  private static final long MAX_BYTES = 256L << 20;
  private static final int PICTURE_RANK = 4;
  private static final int WAVES = 4;

  private GeneratedSamples() {}

  /**
   * So many samples for the inputs; the same for the same seed.
   *
   * @throws SampleException if an input's shape or type is not known
   */
  public static Samples make(List<ValueSpec> inputs, int count, long seed) {
    if (count < 1) {
      throw new SampleException(count + " samples were asked for; at least 1 is needed.");
    }
    Map<String, Column> columns = new LinkedHashMap<>();
    SplittableRandom random = new SplittableRandom(seed);
    for (ValueSpec input : inputs) {
      columns.put(input.name(), column(input, count, random));
    }
    String origin = "inputs generated with seed " + seed;
    return new Samples(columns, Optional.empty(), origin, true);
  }

  private static Column column(ValueSpec input, int count, SplittableRandom random) {
    ElementType type = InputShapes.type(input);
    long[] shape = InputShapes.usual(input);
    long bytes = Sizes.product(Sizes.bytes(type, shape), count);
    if (bytes > MAX_BYTES) {
      throw new SampleException(
          count
              + " generated samples for input '"
              + input.name()
              + "' take "
              + bytes
              + " bytes; at most "
              + MAX_BYTES
              + " are generated.\nMaybe generate fewer.");
    }
    ByteBuffer values = ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int sample = 0; sample < count; sample++) {
      int end = (int) (bytes / count) * (sample + 1);
      Scene scene = sample % 2 == 0 ? GeneratedSamples::waves : GeneratedSamples::strokes;
      while (values.position() < end) {
        if (shape.length == PICTURE_RANK) {
          scene.plane(type, shape[2], shape[3], values, random);
        } else {
          double value = type.floating() ? random.nextGaussian() : random.nextInt(2);
          put(type, value, values);
        }
      }
    }
    return new Column(type, shape, count, values.flip());
  }

  /** What is seen on a picture. */
  private interface Scene {
    void plane(ElementType type, long height, long width, ByteBuffer into, SplittableRandom random);
  }

  /** The same strokes in every channel, each of which has its own noise. */
  private static void strokes(
      ElementType type, long height, long width, ByteBuffer into, SplittableRandom random) {
    for (long y = 0; y < height; y++) {
      for (long x = 0; x < width; x++) {
        boolean dark = y / 8 % 4 == 1 && x / 3 % 2 == 0;
        picture(type, (dark ? -1 : 1) + 0.1 * random.nextGaussian(), into);
      }
    }
  }

  private static void picture(ElementType type, double value, ByteBuffer into) {
    put(type, type.floating() ? value : 128 + 50 * value, into);
  }

  private static void waves(
      ElementType type, long height, long width, ByteBuffer into, SplittableRandom random) {
    double[] wave = random.doubles(3 * WAVES, -1, 1).toArray();
    for (long y = 0; y < height; y++) {
      for (long x = 0; x < width; x++) {
        double value = 0.3 * random.nextGaussian();
        for (int w = 0; w < wave.length; w += 3) {
          double turns = wave[w] * x / width + wave[w + 1] * y / height;
          value += 0.6 * Math.sin(12 * turns + 6 * wave[w + 2]);
        }
        picture(type, value, into);
      }
    }
  }

  private static void put(ElementType type, double value, ByteBuffer into) {
    switch (type) {
      case FLOAT32 -> into.putFloat((float) value);
      case FLOAT64 -> into.putDouble(value);
      case FLOAT16 -> into.putShort(Float.floatToFloat16((float) value));
      case BFLOAT16 -> into.putShort((short) (Float.floatToRawIntBits((float) value) >>> 16));
      case UINT8 -> into.put((byte) Math.clamp(Math.round(value), 0, 255));
      case INT8 -> into.put((byte) Math.clamp(Math.round(value), 0, 127));
      case BOOL -> into.put((byte) 1);
      case INT16, UINT16 -> into.putShort((short) value);
      case INT32, UINT32 -> into.putInt((int) value);
      case INT64, UINT64 -> into.putLong((long) value);
      default ->
          throw new SampleException(
              "Values of type " + type + " cannot be generated.\nMaybe give samples as .npz.");
    }
  }
}
