package dev.insitu.forge.samples;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * A folder with a folder for each class, and PNG or JPEG files in them. The classes are numbered in
 * the order of their names; so many pictures are taken in turn from each.
 */
final class PictureFolder {

  private final Path folder;
  private final int channels;

  /** Open until the first picture is seen. */
  private int height;

  private int width;

  PictureFolder(Path folder, int channels, int height, int width) {
    this.folder = folder;
    this.channels = channels == PictureReader.ANY ? 3 : channels;
    this.height = height;
    this.width = width;
  }

  private record Labelled(Path file, int label) {}

  Pictures read(int most) throws IOException {
    List<Labelled> chosen = chosen(most);
    ByteArrayOutputStream pixels = new ByteArrayOutputStream();
    int[] labels = new int[chosen.size()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = chosen.get(i).label();
      pixels.writeBytes(picture(chosen.get(i).file()));
      if (pixels.size() > Sizes.MOST / Float.BYTES) {
        throw new SampleException(
            folder + " holds more pictures than fit into memory.\nMaybe give fewer.");
      }
    }
    return new Pictures(folder.toString(), channels, height, width, pixels.toByteArray(), labels);
  }

  private List<Labelled> chosen(int most) throws IOException {
    List<List<Path>> classes = new ArrayList<>();
    for (Path inner : sorted(folder)) {
      if (Files.isDirectory(inner)) {
        List<Path> files = sorted(inner).stream().filter(PictureFolder::isPicture).toList();
        if (files.isEmpty()) {
          throw new SampleException(
              "Class folder " + inner + " has no PNG or JPEG file.\nMaybe remove it.");
        }
        classes.add(files);
      }
    }
    if (classes.isEmpty()) {
      throw new SampleException(
          folder
              + " has no folders of pictures.\nMaybe put the pictures into one folder by class.");
    }
    List<Labelled> chosen = new ArrayList<>();
    int longest = classes.stream().mapToInt(List::size).max().orElse(0);
    for (int i = 0; i < longest; i++) {
      for (int label = 0; label < classes.size() && chosen.size() < most; label++) {
        if (i < classes.get(label).size()) {
          chosen.add(new Labelled(classes.get(label).get(i), label));
        }
      }
    }
    return chosen;
  }

  private static List<Path> sorted(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(entry -> !entry.getFileName().toString().startsWith("."))
          .sorted()
          .toList();
    }
  }

  private static boolean isPicture(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return Stream.of(".png", ".jpg", ".jpeg").anyMatch(name::endsWith);
  }

  /** One picture; its size is looked at before it is decoded. */
  private byte[] picture(Path file) throws IOException {
    try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new SampleException(file + " is no PNG or JPEG picture, or is damaged.");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in, true, true);
        int wide = reader.getWidth(0);
        int high = reader.getHeight(0);
        if (!PictureReader.fits(width, wide) || !PictureReader.fits(height, high)) {
          throw new SampleException(
              file
                  + " has "
                  + high
                  + " x "
                  + wide
                  + " pixels; expected are "
                  + height
                  + " x "
                  + width
                  + ".\nMaybe scale the pictures to that size.");
        }
        PictureReader.requireReadable(channels, high, wide);
        height = high;
        width = wide;
        List<String> damage = new ArrayList<>();
        reader.addIIOReadWarningListener((source, warning) -> note(warning, damage));
        byte[] planes = planes(reader.read(0));
        if (!damage.isEmpty()) {
          throw new SampleException(file + " cannot be read as a picture: " + damage.getFirst());
        }
        return planes;
      } finally {
        reader.dispose();
      }
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new SampleException(file + " cannot be read as a picture: " + e.getMessage(), e);
    }
  }

  /** What is missing of a JPEG file is only warned of, and filled up with grey. */
  private static void note(String warning, List<String> damage) {
    if (damage.isEmpty() && (warning.startsWith("Truncated") || warning.startsWith("Corrupt"))) {
      damage.add(warning);
    }
  }

  /** Grey is the mean of the colours as televisions weigh them (BT.601). */
  private byte[] planes(BufferedImage image) {
    int plane = height * width;
    int[] colours = image.getRGB(0, 0, width, height, null, 0, width);
    byte[] planes = new byte[channels * plane];
    for (int i = 0; i < plane; i++) {
      int red = colours[i] >> 16 & 0xff;
      int green = colours[i] >> 8 & 0xff;
      int blue = colours[i] & 0xff;
      if (channels == 1) {
        planes[i] = (byte) ((299 * red + 587 * green + 114 * blue + 500) / 1000);
      } else {
        planes[i] = (byte) red;
        planes[plane + i] = (byte) green;
        planes[2 * plane + i] = (byte) blue;
      }
    }
    return planes;
  }
}
