package dev.insitu.forge.samples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads pictures: a folder with one folder of PNG or JPEG files by class, CIFAR's binary layout
 * ({@code .bin}), or idx files ({@code ...-images-idx3-ubyte}, plain or {@code .gz}; labels beside
 * them).
 */
public final class PictureReader {

  /** Whatever there is. */
  static final int ANY = -1;

  private static final int MAX_SIDE = 1 << 14;

  private final int channels;
  private final int height;
  private final int width;

  /**
   * What the pictures must be.
   *
   * @param channels 1 or 3, or -1 for what files hold, and 3 in folders
   * @param height in pixels, or -1 for that of the first picture
   * @param width in pixels, or -1 for that of the first picture
   */
  public PictureReader(int channels, int height, int width) {
    requireReadable(channels, height, width);
    this.channels = channels;
    this.height = height;
    this.width = width;
  }

  static void requireReadable(int channels, int height, int width) {
    boolean colours = channels == 1 || channels == 3 || channels == ANY;
    if (!colours || !isSide(height) || !isSide(width)) {
      throw new SampleException(
          "Pictures of "
              + Pictures.shape(channels, height, width)
              + " are not read; they have 1 or 3 colours and at most "
              + MAX_SIDE
              + " pixels a side.");
    }
  }

  private static boolean isSide(int pixels) {
    return pixels == ANY || pixels >= 1 && pixels <= MAX_SIDE;
  }

  /** Whether the path is read as pictures, by its name. */
  public static boolean reads(Path path) {
    String name = String.valueOf(path.getFileName());
    return Files.isDirectory(path) || name.endsWith(".bin") || IdxFile.isIdx(name);
  }

  /**
   * Reads at most so many pictures, from the first on.
   *
   * @throws SampleException if they have another shape, there are none, or a file is damaged
   */
  public Pictures read(Path path, int most) throws IOException {
    if (most < 1) {
      throw new SampleException(most + " pictures were asked for; at least 1 is needed.");
    }
    if (Files.isDirectory(path)) {
      return new PictureFolder(path, channels, height, width).read(most);
    }
    if (!Files.isRegularFile(path)) {
      throw new SampleException("There is no file or folder " + path + " with pictures.");
    }
    Pictures pictures =
        IdxFile.isIdx(String.valueOf(path.getFileName()))
            ? IdxFile.read(path, most)
            : CifarFile.read(path, most);
    requireShape(path, pictures.channels(), pictures.height(), pictures.width());
    return pictures;
  }

  static boolean fits(int wanted, int found) {
    return wanted == ANY || wanted == found;
  }

  private void requireShape(Path path, int c, int h, int w) {
    if (!fits(channels, c) || !fits(height, h) || !fits(width, w)) {
      throw new SampleException(
          path
              + " has pictures of "
              + Pictures.shape(c, h, w)
              + "; the model takes "
              + Pictures.shape(channels, height, width)
              + ".\nMaybe scale them to that size.");
    }
  }
}
