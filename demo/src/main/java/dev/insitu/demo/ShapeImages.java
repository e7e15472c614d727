package dev.insitu.demo;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Labelled 32x32 colour pictures of ten kinds of figure, drawn by the code itself: position, size,
 * rotation, colours, clutter behind and in front of the figure, and noise are random.
 *
 * <p>Picture {@code (seed, index)} is the same on every machine: all randomness comes from {@link
 * SplittableRandom}, all arithmetic is IEEE double with {@link StrictMath}, and channels are
 * rounded to 8 bits before they are normalised. The ten classes take turns, so any run of indices
 * whose length is a multiple of ten is balanced. Drawing one picture takes about 0.1 ms.
 * Thread-safe.
 */
public final class ShapeImages {
  /** Pixels a side. */
  public static final int SIZE = Scene.SIZE;

  /** Channels, red, green, blue. */
  public static final int CHANNELS = 3;

  /** Floats in one picture. */
  public static final int LENGTH = CHANNELS * SIZE * SIZE;

  /** Pictures the model was trained on. */
  public static final long TRAIN_SEED = 1;

  /** Pictures for choices made while packing; never trained on. */
  public static final long CALIBRATION_SEED = 2;

  /** Pictures that accuracy is measured on; never trained on and never used for a choice. */
  public static final long TEST_SEED = 3;

  /** Names of the classes by label. */
  public static final List<String> CLASSES =
      Arrays.stream(Shape.values()).map(s -> s.name().toLowerCase(Locale.ROOT)).toList();

  private static final Shape[] SHAPES = Shape.values();

  /** Samples per pixel and axis, against jagged edges. */
  private static final int SAMPLES = 2;

  private ShapeImages() {}

  /**
   * The picture as the model takes it.
   *
   * @return {@code float[3][32][32]} in one run (channel, row, column); 8-bit value v becomes (v /
   *     255 - 0.5) / 0.25
   */
  public static float[] image(long seed, int index) {
    byte[] rgb = rgb(seed, index);
    float[] image = new float[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      image[i] = ((rgb[i] & 0xff) / 255f - 0.5f) / 0.25f;
    }
    return image;
  }

  /** The class of the picture, 0 to 9, an index into {@link #CLASSES}. */
  public static int label(long seed, int index) {
    return Math.floorMod(index + (int) seed, SHAPES.length);
  }

  /** The picture as 8-bit channels, {@code byte[3][32][32]} in one run (channel, row, column). */
  public static byte[] rgb(long seed, int index) {
    SplittableRandom random = new SplittableRandom(mix(seed, index));
    Scene scene = new Scene(SHAPES[label(seed, index)], random);
    double noise = random.nextDouble(0.02, 0.2);
    byte[] picture = new byte[LENGTH];
    double[] colour = new double[CHANNELS];
    for (int y = 0; y < SIZE; y++) {
      for (int x = 0; x < SIZE; x++) {
        sample(scene, x, y, colour);
        for (int c = 0; c < CHANNELS; c++) {
          double value = colour[c] + noise * bell(random);
          picture[(c * SIZE + y) * SIZE + x] = (byte) toEightBits(value);
        }
      }
    }
    return picture;
  }

  private static void sample(Scene scene, int x, int y, double[] colour) {
    Arrays.fill(colour, 0);
    for (int i = 0; i < SAMPLES; i++) {
      for (int j = 0; j < SAMPLES; j++) {
        scene.addColourAt(x + (i + 0.5) / SAMPLES, y + (j + 0.5) / SAMPLES, colour);
      }
    }
    for (int c = 0; c < CHANNELS; c++) {
      colour[c] /= SAMPLES * SAMPLES;
    }
  }

  private static int toEightBits(double value) {
    return (int) Math.round(255 * Math.clamp(value, 0.0, 1.0));
  }

  /** About a normal deviate with variance 1/3; a sum of uniform ones is exact everywhere. */
  private static double bell(SplittableRandom random) {
    return random.nextDouble()
        + random.nextDouble()
        + random.nextDouble()
        + random.nextDouble()
        - 2.0;
  }

  /** Spreads seed and index over 64 bits, so that neighbours get unrelated generators. */
  private static long mix(long seed, int index) {
    long z = seed * 0x9E3779B97F4A7C15L + index;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
