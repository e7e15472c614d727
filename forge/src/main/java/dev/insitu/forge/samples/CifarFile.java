package dev.insitu.forge.samples;

import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.forge.samples.SampleReader.Normalisation;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Pictures in CIFAR-10's (1 label byte) or CIFAR-100's (coarse and fine label bytes) layout:
 * records of 3072 bytes, the red, green and blue planes of 32 x 32 pixels.
 */
final class CifarFile {

  private static final List<Long> PICTURE = List.of(3L, 32L, 32L);
  private static final int PLANE = 32 * 32;
  private static final int PIXELS = 3 * PLANE;

  private final Path file;
  private final Normalisation normalisation;

  CifarFile(Path file, Normalisation normalisation) {
    this.file = file;
    this.normalisation = normalisation;
  }

  Samples read(ValueSpec input, int most) throws IOException {
    requirePictures(input);
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
    ByteBuffer values =
        ByteBuffer.allocate(count * PIXELS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    int[] labels = new int[count];
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      for (int i = 0; i < count; i++) {
        byte[] bytes = in.readNBytes(record);
        if (bytes.length < record) {
          throw new SampleException(file + " became shorter while it was read.");
        }
        labels[i] = bytes[labelBytes - 1] & 0xff;
        putPixels(bytes, labelBytes, values);
      }
    }
    Column column =
        new Column(ElementType.FLOAT32, new long[] {1, 3, 32, 32}, count, values.flip());
    return new Samples(Map.of(input.name(), column), Optional.of(labels), file.toString());
  }

  private void putPixels(byte[] bytes, int from, ByteBuffer into) {
    float[] mean = normalisation.mean();
    float[] std = normalisation.std();
    for (int p = 0; p < PIXELS; p++) {
      int colour = p / PLANE;
      into.putFloat(((bytes[from + p] & 0xff) / 255f - mean[colour]) / std[colour]);
    }
  }

  private void requirePictures(ValueSpec input) {
    boolean fits = input.onnxType() == ElementType.FLOAT32.onnx();
    if (input.ranked()) {
      List<Long> dims = input.dims();
      fits &= dims.size() == 4 && (dims.getFirst() == -1 || dims.getFirst() == 1);
      for (int d = 0; d < PICTURE.size() && fits; d++) {
        fits = dims.get(d + 1) == -1 || dims.get(d + 1).equals(PICTURE.get(d));
      }
    }
    if (!fits) {
      throw new SampleException(
          file
              + " would hold pictures FLOAT32[1, 3, 32, 32] in CIFAR's layout; input '"
              + input.name()
              + "' has dimensions "
              + input.dims()
              + ".\nMaybe end the name of a file of raw values in .raw.");
    }
  }
}
