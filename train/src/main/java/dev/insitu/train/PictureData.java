package dev.insitu.train;

import ai.djl.ndarray.NDManager;
import dev.insitu.forge.samples.Pictures;
import dev.insitu.forge.samples.SampleReader.Normalisation;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Pictures kept as bytes, varied and normalised when they are asked for. */
public final class PictureData implements TrainingData {

  private final Pictures pictures;
  private final String input;
  private final Normalisation normalisation;
  private final Augmentation augmentation;

  /**
   * @param input of the graph that takes them, float[n][channels][height][width]
   */
  public PictureData(
      Pictures pictures, String input, Normalisation normalisation, Augmentation augmentation) {
    this.pictures = pictures;
    this.input = input;
    this.normalisation = normalisation;
    this.augmentation = augmentation;
  }

  @Override
  public int count() {
    return pictures.count();
  }

  @Override
  public Batch batch(NDManager scope, int[] samples, RandomGenerator random) {
    int length = pictures.length();
    float[] values = new float[samples.length * length];
    int[] labels = new int[pictures.isLabelled() ? samples.length : 0];
    float[][] table = normalisation.table(pictures.channels());
    for (int i = 0; i < samples.length; i++) {
      put(samples[i], table, values, i * length, random);
      if (pictures.isLabelled()) {
        labels[i] = pictures.label(samples[i]);
      }
    }
    var array =
        Torch.floats(
            scope,
            values,
            samples.length,
            pictures.channels(),
            pictures.height(),
            pictures.width());
    return new Batch(Map.of(input, array), labels, samples.length);
  }

  /** Outside the picture it is black, as the padding is in the bytes. */
  private void put(int picture, float[][] table, float[] into, int at, RandomGenerator random) {
    int shifts = 2 * augmentation.padding() + 1;
    int down = random.nextInt(shifts) - augmentation.padding();
    int right = random.nextInt(shifts) - augmentation.padding();
    boolean flip = augmentation.flip() && random.nextBoolean();
    int height = pictures.height();
    int width = pictures.width();
    int next = at;
    for (int c = 0; c < pictures.channels(); c++) {
      float[] values = table[c];
      for (int y = 0; y < height; y++) {
        int row = y + down;
        boolean inside = row >= 0 && row < height;
        for (int x = 0; x < width; x++) {
          int column = (flip ? width - 1 - x : x) + right;
          boolean black = !inside || column < 0 || column >= width;
          into[next++] = values[black ? 0 : pictures.pixel(picture, c, row, column) & 0xff];
        }
      }
    }
  }
}
