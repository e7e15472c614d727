package dev.insitu.forge.samples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.forge.samples.SampleReader.Normalisation;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureReaderTest {

  private static final int ALL = Integer.MAX_VALUE;

  @TempDir Path folder;

  private static byte[] idx(int magic, int[] dims, byte[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * dims.length + values.length).putInt(magic);
    for (int dim : dims) {
      bytes.putInt(dim);
    }
    return bytes.put(values).array();
  }

  private static byte[] zipped(byte[] content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
      zip.write(content);
    }
    return out.toByteArray();
  }

  private Path write(String name, byte[] content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, content);
  }

  private Path images(int count) throws IOException {
    byte[] pixels = new byte[count * 6];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) i;
    }
    return write("train-images-idx3-ubyte", idx(0x803, new int[] {count, 2, 3}, pixels));
  }

  private void picture(String name, int width, int height, int colour) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, colour);
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    assertTrue(ImageIO.write(image, "png", file.toFile()));
  }

  private static void assertRefused(String expected, PictureReader reader, Path path) {
    SampleException e = assertThrows(SampleException.class, () -> reader.read(path, ALL));
    assertTrue(e.getMessage().contains(expected), e.getMessage());
  }

  @Test
  void readsIdxWithLabelsBesideIt() throws IOException {
    Path file = images(4);
    write("train-labels-idx1-ubyte", idx(0x801, new int[] {4}, new byte[] {3, 0, (byte) 200, 1}));
    Pictures pictures = new PictureReader(1, 2, 3).read(file, 3);
    assertEquals(3, pictures.count());
    assertArrayEquals(new int[] {3, 0, 200}, pictures.labels());
    assertEquals(6 + 4, pictures.pixel(1, 0, 1, 1));
  }

  @Test
  void readsCompressedIdxAndDoesWithoutLabels() throws IOException {
    byte[] plain = Files.readAllBytes(images(2));
    Path file = write("t10k-images-idx3-ubyte.gz", zipped(plain));
    Pictures pictures = new PictureReader(1, 2, 3).read(file, ALL);
    assertEquals(2, pictures.count());
    assertFalse(pictures.isLabelled());
    write("t10k-labels-idx1-ubyte.gz", zipped(idx(0x801, new int[] {2}, new byte[] {7, 8})));
    assertArrayEquals(new int[] {7, 8}, new PictureReader(1, 2, 3).read(file, ALL).labels());
  }

  @Test
  void damagedIdxIsRefused() throws IOException {
    PictureReader reader = new PictureReader(1, 2, 3);
    byte[] good = Files.readAllBytes(images(2));
    assertRefused("ends after", reader, write("a-ubyte", Arrays.copyOf(good, good.length - 1)));
    assertRefused("ends too early", reader, write("b-ubyte", Arrays.copyOf(good, 6)));
    assertRefused("not compressed with gzip", reader, write("c-ubyte.gz", good));
    assertRefused(
        "which is not idx", reader, write("d-ubyte", idx(0xd03, new int[] {1, 1, 1}, good)));
    int[] huge = {1, Integer.MAX_VALUE, Integer.MAX_VALUE};
    assertRefused("claims pictures", reader, write("e-ubyte", idx(0x803, huge, good)));
    int[] many = {Integer.MAX_VALUE, 2, 3};
    assertRefused("ends after", reader, write("f-ubyte", idx(0x803, many, new byte[12])));
    assertRefused(
        "claims 0 entries", reader, write("g-ubyte", idx(0x803, new int[] {0, 2, 3}, good)));
    byte[] cut = zipped(good);
    assertRefused("damaged", reader, write("h-ubyte.gz", Arrays.copyOf(cut, 30)));
  }

  @Test
  void labelsOfOtherPicturesAreRefused() throws IOException {
    Path file = images(4);
    write("train-labels-idx1-ubyte", idx(0x801, new int[] {3}, new byte[3]));
    assertRefused("3 labels for 4 pictures", new PictureReader(1, 2, 3), file);
  }

  @Test
  void readsOneFolderByClassInTurn() throws IOException {
    picture("data/cat/1.png", 3, 2, 0x102030);
    picture("data/cat/2.png", 3, 2, 0x405060);
    picture("data/ant/z.png", 3, 2, 0x708090);
    write("data/ant/notes.txt", new byte[3]);
    write("data/readme.txt", new byte[3]);
    Path data = folder.resolve("data");
    Pictures pictures = new PictureReader(3, 2, 3).read(data, ALL);
    assertArrayEquals(new int[] {0, 1, 1}, pictures.labels());
    assertEquals((byte) 0x70, pictures.pixel(0, 0, 0, 0));
    assertEquals((byte) 0x80, pictures.pixel(0, 1, 0, 0));
    assertEquals((byte) 0x60, pictures.pixel(2, 2, 0, 0));
    assertEquals(0, pictures.pixel(2, 2, 1, 2));
    assertArrayEquals(new int[] {0, 1}, new PictureReader(3, 2, 3).read(data, 2).labels());
    Pictures grey = new PictureReader(1, 2, 3).read(data, 1);
    assertEquals((byte) 125, grey.pixel(0, 0, 0, 0));
  }

  @Test
  void picturesOfAnotherShapeAreRefused() throws IOException {
    picture("data/cat/1.png", 4, 2, 0);
    assertRefused(
        "2 x 4 pixels; expected are 2 x 3", new PictureReader(3, 2, 3), folder.resolve("data"));
    assertRefused("the model takes 1 x 9 x 9", new PictureReader(1, 9, 9), images(1));
    picture("mixed/cat/1.png", 4, 2, 0);
    picture("mixed/cat/2.png", 2, 4, 0);
    assertRefused("expected are 2 x 4", new PictureReader(-1, -1, -1), folder.resolve("mixed"));
  }

  @Test
  void emptyFoldersAndOtherFilesAreRefused() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    PictureReader reader = new PictureReader(3, 2, 3);
    assertRefused("has no folders of pictures", reader, empty);
    Files.createDirectory(empty.resolve("cat"));
    assertRefused("has no PNG or JPEG file", reader, empty);
    write("bad/cat/1.png", new byte[40]);
    assertRefused("1.png is no PNG or JPEG", reader, folder.resolve("bad"));
    picture("cut/cat/1.png", 3, 2, 7);
    Path cut = folder.resolve("cut/cat/1.png");
    Files.write(cut, Arrays.copyOf(Files.readAllBytes(cut), 44));
    assertRefused("cannot be read as a picture", reader, folder.resolve("cut"));
    Path jpeg = Files.createDirectories(folder.resolve("jpeg/cat")).resolve("1.jpg");
    BufferedImage image = new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB);
    assertTrue(ImageIO.write(image, "jpg", jpeg.toFile()));
    assertEquals(1, reader.read(folder.resolve("jpeg"), ALL).count());
    byte[] whole = Files.readAllBytes(jpeg);
    Files.write(jpeg, Arrays.copyOf(whole, whole.length - 4));
    assertRefused("1.jpg cannot be read as a picture", reader, folder.resolve("jpeg"));
    assertRefused("There is no file or folder", reader, folder.resolve("nothing"));
  }

  @Test
  void damagedPicturesNeverDoMoreThanBeRefused() throws IOException {
    picture("fuzz/cat/1.png", 3, 2, 0x123456);
    Path file = folder.resolve("fuzz/cat/1.png");
    byte[] good = Files.readAllBytes(file);
    long seed = 11;
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      byte[] bad = good.clone();
      bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, bad);
      try {
        new PictureReader(3, 2, 3).read(folder.resolve("fuzz"), ALL);
      } catch (SampleException e) {
        assertTrue(e.getMessage().contains("1.png"), "seed " + seed + ": " + e.getMessage());
      }
    }
  }

  @Test
  void labelsMustBeClasses() throws IOException {
    Path file = images(2);
    write("train-labels-idx1-ubyte", idx(0x801, new int[] {2}, new byte[] {1, 9}));
    Pictures pictures = new PictureReader(1, 2, 3).read(file, ALL);
    assertEquals(pictures, pictures.requireClasses(10));
    SampleException e = assertThrows(SampleException.class, () -> pictures.requireClasses(9));
    assertTrue(e.getMessage().contains("Label 9 of sample 1"), e.getMessage());
  }

  @Test
  void samplesOfPicturesFitTheModelsInput() throws IOException {
    picture("data/cat/1.png", 3, 2, 0xff8000);
    ValueSpec input =
        new ValueSpec("x", ElementType.FLOAT32.onnx(), List.of(-1L, 3L, -1L, -1L), true);
    SampleReader reader = new SampleReader(List.of(input), Normalisation.none());
    Samples samples = reader.read(folder.resolve("data"), ALL);
    assertArrayEquals(new long[] {1, 3, 2, 3}, samples.column("x").shape());
    assertEquals(1, samples.column("x").bytes().getFloat(0));
    assertEquals(128 / 255f, samples.column("x").bytes().getFloat(4 * 6));
    assertArrayEquals(new int[] {0}, samples.labels().get());
  }
}
