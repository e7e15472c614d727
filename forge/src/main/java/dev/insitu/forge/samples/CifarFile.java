package dev.insitu.forge.samples;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Pictures in CIFAR-10's (1 label byte) or CIFAR-100's (coarse and fine label bytes) layout:
 * records of 3072 bytes, the red, green and blue planes of 32 x 32 pixels. The label is the last of
 * the label bytes.
 */
final class CifarFile {

  private static final int SIDE = 32;
  private static final int PIXELS = 3 * SIDE * SIDE;

  private CifarFile() {}

  static Pictures read(Path file, int most) throws IOException {
    long size = Files.size(file);
    int labelBytes = size % (PIXELS + 1) == 0 ? 1 : 2;
    int record = PIXELS + labelBytes;
    if (size == 0 || size % record != 0) {
      throw new SampleException(
          file
              + " has "
              + size
              + " bytes, which is no whole number of CIFAR records (3073 or 3074 bytes each).\n"
              + "Maybe end the name of a file of raw values in .raw.");
    }
    int largest = Sizes.MOST / (PIXELS * Float.BYTES);
    int count = (int) Math.min(Math.min(most, size / record), largest);
    byte[] pixels = new byte[count * PIXELS];
    int[] labels = new int[count];
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      for (int i = 0; i < count; i++) {
        byte[] bytes = in.readNBytes(record);
        if (bytes.length < record) {
          throw new SampleException(file + " became shorter while it was read.");
        }
        labels[i] = bytes[labelBytes - 1] & 0xff;
        System.arraycopy(bytes, labelBytes, pixels, i * PIXELS, PIXELS);
      }
    }
    return new Pictures(file.toString(), 3, SIDE, SIDE, pixels, labels);
  }
}
