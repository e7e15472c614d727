package dev.insitu.train;

import dev.insitu.forge.samples.Pictures;
import dev.insitu.forge.samples.SampleReader.Normalisation;
import dev.insitu.train.zoo.ResNet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** A small residual network, and pictures that it can learn to tell apart. */
public final class Drawn {

  /** Number of classes: which colour is bright. */
  public static final int CLASSES = 3;

  private static final int SIDE = 32;

  private Drawn() {}

  /** Writes a network of one block a stage with fresh weights. */
  public static Path network(Path folder) throws IOException {
    return Files.write(
        folder.resolve("drawn.onnx"), ResNet.build("drawn", "test", 1, CLASSES, 7).toByteArray());
  }

  /** So many pictures, with or without their labels. */
  public static TrainingData pictures(int count, boolean labelled) {
    byte[] pixels = new byte[count * 3 * SIDE * SIDE];
    int[] labels = new int[count];
    SplittableRandom random = new SplittableRandom(9);
    for (int i = 0; i < count; i++) {
      labels[i] = random.nextInt(CLASSES);
      for (int p = 0; p < 3 * SIDE * SIDE; p++) {
        boolean bright = p / (SIDE * SIDE) == labels[i];
        pixels[i * 3 * SIDE * SIDE + p] = (byte) (random.nextInt(100) + (bright ? 60 : 0));
      }
    }
    Pictures pictures =
        new Pictures("drawn", 3, SIDE, SIDE, pixels, labelled ? labels : new int[0]);
    return new PictureData(pictures, ResNet.INPUT, Normalisation.none(), Augmentation.NONE);
  }
}
