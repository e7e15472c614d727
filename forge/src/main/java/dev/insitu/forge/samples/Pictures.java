package dev.insitu.forge.samples;

import dev.insitu.elastic.ElementType;
import dev.insitu.forge.samples.SampleReader.Normalisation;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;

/**
 * Pictures as they are stored: a byte for each colour of each pixel, a quarter of the memory that
 * {@link Samples} take.
 *
 * @param origin where they come from, for reports
 * @param channels colours: 3 for red, green and blue, 1 for grey
 * @param height in pixels
 * @param width in pixels
 * @param pixels {@code [count][channels][height][width]}; not copied
 * @param labels the class of each; empty if nobody knows. Not copied
 */
@SuppressWarnings("ArrayRecordComponent")
public record Pictures(
    String origin, int channels, int height, int width, byte[] pixels, int[] labels) {

  public Pictures {
    long length = (long) channels * height * width;
    if (length < 1 || pixels.length == 0 || pixels.length % length != 0) {
      throw new SampleException(
          origin
              + " has "
              + pixels.length
              + " bytes, which is no whole number of pictures of "
              + shape(channels, height, width)
              + ".");
    }
    if (labels.length != 0 && labels.length != pixels.length / length) {
      throw new SampleException(
          origin
              + " has "
              + labels.length
              + " labels for "
              + pixels.length / length
              + " pictures.");
    }
  }

  /** How many there are. */
  public int count() {
    return pixels.length / length();
  }

  /** Bytes of one picture. */
  public int length() {
    return channels * height * width;
  }

  /** Whether the classes are known. */
  public boolean isLabelled() {
    return labels.length > 0;
  }

  /** The class of a picture. */
  public int label(int picture) {
    return labels[picture];
  }

  /** One colour of one pixel, from 0 as an unsigned byte. */
  public byte pixel(int picture, int channel, int y, int x) {
    return pixels[((picture * channels + channel) * height + y) * width + x];
  }

  /**
   * The same pictures, after a look at their labels.
   *
   * @throws SampleException if a label is none of the classes
   */
  public Pictures requireClasses(int classes) {
    Labels.require(labels, classes, origin);
    return this;
  }

  /** The pictures as a model's input takes them. */
  public Samples samples(String input, Normalisation normalisation) {
    long bytes = (long) pixels.length * Float.BYTES;
    if (bytes > Sizes.MOST) {
      throw new SampleException(
          origin + " takes " + bytes + " bytes as numbers; at most " + Sizes.MOST + " are held.");
    }
    float[][] table = normalisation.table(channels);
    ByteBuffer values = ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
    int plane = height * width;
    for (int i = 0; i < pixels.length; i++) {
      values.putFloat(table[i / plane % channels][pixels[i] & 0xff]);
    }
    long[] shape = {1, channels, height, width};
    Column column = new Column(ElementType.FLOAT32, shape, count(), values.flip());
    Optional<int[]> known = isLabelled() ? Optional.of(labels) : Optional.empty();
    return new Samples(Map.of(input, column), known, origin);
  }

  static String shape(long channels, long height, long width) {
    return channels + " x " + height + " x " + width;
  }
}
