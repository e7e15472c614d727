package dev.insitu.lab.fig3;

import dev.insitu.forge.samples.PictureReader;
import dev.insitu.forge.samples.Pictures;
import dev.insitu.forge.samples.SampleReader.Normalisation;
import dev.insitu.lab.LabException;
import dev.insitu.train.Augmentation;
import dev.insitu.train.PictureData;
import dev.insitu.train.TrainingData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The pictures of an experiment: those that are learnt from, others of the training file that
 * choices are made on, and those that the figure is measured with and nothing else is.
 *
 * @param input of the models that take them
 */
record PictureSet(Pictures learnt, Pictures choices, Pictures test, String input) {

  private static final int SIDE = 32;
  private static final int COLOURS = 3;

  /** One in so many training pictures is kept for choices. */
  private static final int ONE_IN = 25;

  /** Of CIFAR-100's training pictures. */
  private static final Normalisation NORMALISATION =
      new Normalisation(
          new float[] {0.5071f, 0.4865f, 0.4409f}, new float[] {0.2673f, 0.2564f, 0.2762f});

  /**
   * Reads them.
   *
   * @param folder with {@code train.bin} and {@code test.bin}
   * @param mostTest most test pictures
   */
  static PictureSet read(Path folder, int mostTest, String input) throws IOException {
    Pictures train = pictures(folder.resolve("train.bin"), Integer.MAX_VALUE);
    Pictures test = pictures(folder.resolve("test.bin"), mostTest);
    int learnt = train.count() - Math.max(1, train.count() / ONE_IN);
    if (learnt < 1) {
      throw new LabException(folder.resolve("train.bin") + " holds one picture; needed are two.");
    }
    return new PictureSet(part(train, 0, learnt), part(train, learnt, train.count()), test, input);
  }

  private static Pictures pictures(Path file, int most) throws IOException {
    if (!Files.exists(file)) {
      throw new LabException(
          "There is no "
              + file
              + ".\nMaybe unpack CIFAR-100's binary version there: train.bin and test.bin.");
    }
    return new PictureReader(COLOURS, SIDE, SIDE).read(file, most);
  }

  private static Pictures part(Pictures all, int from, int to) {
    int length = all.length();
    return new Pictures(
        all.origin(),
        all.channels(),
        all.height(),
        all.width(),
        Arrays.copyOfRange(all.pixels(), from * length, to * length),
        Arrays.copyOfRange(all.labels(), from, to));
  }

  /** What is learnt from, varied. */
  TrainingData training() {
    return new PictureData(learnt, input, NORMALISATION, Augmentation.CIFAR);
  }

  /** A colour's value as models take it. */
  static float[][] table() {
    return NORMALISATION.table(COLOURS);
  }
}
