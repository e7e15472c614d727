package dev.insitu.forge.samples;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Grey pictures in the idx format of MNIST: {@code ...-images-idx3-ubyte}, its labels in the file
 * beside it whose name has {@code labels-idx1} instead; either may be compressed ({@code .gz}).
 */
final class IdxFile {

  private static final int UNSIGNED_BYTES = 0x08;
  private static final String IMAGES = "images-idx3-ubyte";
  private static final String LABELS = "labels-idx1-ubyte";
  private static final String ZIPPED = ".gz";

  private IdxFile() {}

  static boolean isIdx(String name) {
    return name.endsWith("-ubyte") || name.endsWith("-ubyte" + ZIPPED) || name.endsWith(".idx");
  }

  static Pictures read(Path file, int most) throws IOException {
    try (DataInputStream in = open(file)) {
      int all = header(in, file, 3);
      int height = in.readInt();
      int width = in.readInt();
      long length = (long) height * width;
      if (height < 1 || width < 1 || length > Sizes.MOST) {
        throw new SampleException(
            file + " claims pictures of " + height + " x " + width + " pixels.");
      }
      int count = (int) Math.min(Math.min(all, most), Sizes.MOST / length);
      byte[] pixels = values(in, file, (int) (count * length));
      return new Pictures(file.toString(), 1, height, width, pixels, labels(file, all, count));
    } catch (EOFException | ZipException e) {
      throw new SampleException(file + " ends too early or is damaged: " + e.getMessage(), e);
    }
  }

  /** Takes memory as it comes, not as it is claimed. */
  private static byte[] values(InputStream in, Path file, int length) throws IOException {
    byte[] values = in.readNBytes(length);
    if (values.length < length) {
      throw new SampleException(
          file + " ends after " + values.length + " of " + length + " bytes of values.");
    }
    return values;
  }

  private static int[] labels(Path images, int all, int count) throws IOException {
    String name = images.getFileName().toString();
    String plain = name.replace(IMAGES, LABELS).replace(ZIPPED, "");
    for (String candidate : new String[] {plain, plain + ZIPPED}) {
      Path file = images.resolveSibling(candidate);
      if (!candidate.equals(name) && name.contains(IMAGES) && Files.exists(file)) {
        return readLabels(file, all, count);
      }
    }
    return new int[0];
  }

  private static int[] readLabels(Path file, int all, int count) throws IOException {
    try (DataInputStream in = open(file)) {
      int labelled = header(in, file, 1);
      if (labelled != all) {
        throw new SampleException(file + " has " + labelled + " labels for " + all + " pictures.");
      }
      byte[] bytes = values(in, file, count);
      int[] labels = new int[count];
      for (int i = 0; i < count; i++) {
        labels[i] = bytes[i] & 0xff;
      }
      return labels;
    } catch (EOFException | ZipException e) {
      throw new SampleException(file + " ends too early or is damaged: " + e.getMessage(), e);
    }
  }

  private static DataInputStream open(Path file) throws IOException {
    InputStream raw = new BufferedInputStream(Files.newInputStream(file));
    try {
      boolean zipped = file.getFileName().toString().endsWith(ZIPPED);
      return new DataInputStream(zipped ? new BufferedInputStream(new GZIPInputStream(raw)) : raw);
    } catch (EOFException | ZipException e) {
      raw.close();
      throw new SampleException(file + " is not compressed with gzip: " + e.getMessage(), e);
    }
  }

  /** The number of entries: two zero bytes, the type, the rank, then each dimension. */
  private static int header(DataInputStream in, Path file, int rank) throws IOException {
    int magic = in.readInt();
    if (magic != (UNSIGNED_BYTES << 8 | rank)) {
      throw new SampleException(
          file
              + " begins with "
              + Integer.toHexString(magic)
              + ", which is not idx with bytes in "
              + rank
              + " dimensions.");
    }
    int count = in.readInt();
    if (count < 1) {
      throw new SampleException(file + " claims " + count + " entries.");
    }
    return count;
  }
}
