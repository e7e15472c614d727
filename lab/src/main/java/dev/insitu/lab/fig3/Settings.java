package dev.insitu.lab.fig3;

import dev.insitu.lab.LabException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * What the experiment is carried out with.
 *
 * @param root a classifier of pictures, float[n][3][height][width], as ONNX
 * @param data the folder with {@code train.bin} and {@code test.bin} in CIFAR's binary layout
 * @param out where trained models, packages, points and pictures are kept
 * @param packages a folder with what an earlier experiment kept, to draw it again without training;
 *     empty to train
 * @param steps of each training
 * @param batch pictures in a step
 * @param testPictures most pictures of the test file to measure with
 * @param threads for training
 * @param seed of the order of pictures and of fresh weights
 */
public record Settings(
    Path root,
    Path data,
    Path out,
    Optional<Path> packages,
    int steps,
    int batch,
    int testPictures,
    int threads,
    long seed) {

  /** One round through CIFAR's training pictures. */
  public static final int DEFAULT_STEPS = 390;

  /** Pictures in a step. */
  public static final int DEFAULT_BATCH = 128;

  private static final int MOST_STEPS = 10_000_000;

  public Settings {
    Objects.requireNonNull(packages);
    require("steps", steps, MOST_STEPS);
    require("batch", batch, 65_536);
    require("test pictures", testPictures, Integer.MAX_VALUE);
    require("threads", threads, 1024);
  }

  private static void require(String name, int value, int most) {
    if (value < 1 || value > most) {
      throw new LabException("'" + name + "' is " + value + "; it must be 1 to " + most + ".");
    }
  }
}
