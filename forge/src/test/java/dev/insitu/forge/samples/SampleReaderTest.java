package dev.insitu.forge.samples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.forge.samples.SampleReader.Normalisation;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SampleReaderTest {

  private static final int FLOAT = ElementType.FLOAT32.onnx();
  private static final ValueSpec PICTURE = spec("image", FLOAT, -1L, 3L, 32L, 32L);
  private static final ValueSpec PAIR = spec("pair", FLOAT, -1L, 2L);

  @TempDir Path folder;

  private static ValueSpec spec(String name, int type, Long... dims) {
    return new ValueSpec(name, type, List.of(dims), true);
  }

  private static SampleReader reader(ValueSpec... inputs) {
    return new SampleReader(List.of(inputs), Normalisation.none());
  }

  private Path write(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }

  private Path zip(Map<String, byte[]> entries) throws IOException {
    Path file = folder.resolve("samples.npz");
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    }
    return file;
  }

  private static void assertRefused(String expected, SampleReader reader, Path file) {
    SampleException e = assertThrows(SampleException.class, () -> reader.read(file, 10));
    assertTrue(e.getMessage().contains(expected), e.getMessage());
  }

  private static byte[] cifar(int records, int labelBytes) {
    byte[] file = new byte[records * (3072 + labelBytes)];
    new Random(1).nextBytes(file);
    return file;
  }

  @Test
  void readsPicturesWithOneOrTwoLabels() throws IOException {
    for (int labelBytes : new int[] {1, 2}) {
      byte[] content = cifar(5, labelBytes);
      Samples samples = reader(PICTURE).read(write("c.bin", content), 3);
      assertEquals(3, samples.count());
      assertFalse(samples.generated());
      int second = 3072 + labelBytes;
      assertEquals(content[second + labelBytes - 1] & 0xff, samples.labels().get()[1]);
      Column column = samples.column("image");
      assertArrayEquals(new long[] {1, 3, 32, 32}, column.shape());
      assertEquals(
          (content[second + labelBytes + 7] & 0xff) / 255f, column.slice(1, 1).getFloat(4 * 7));
    }
  }

  @Test
  void picturesAreNormalisedByColour() throws IOException {
    byte[] content = new byte[3073];
    Arrays.fill(content, (byte) 255);
    Normalisation normalisation =
        new Normalisation(new float[] {0, 0.5f, 1}, new float[] {1, 0.5f, 2});
    Samples samples =
        new SampleReader(List.of(PICTURE), normalisation).read(write("c.bin", content), 1);
    Column column = samples.column("image");
    assertEquals(1, column.bytes().getFloat(0));
    assertEquals(1, column.bytes().getFloat(4 * 1024));
    assertEquals(0, column.bytes().getFloat(4 * 2048));
  }

  @Test
  void aNormalisationMustBeUsable() {
    float[] three = {1, 1, 1};
    assertThrows(SampleException.class, () -> new Normalisation(new float[2], three));
    for (float bad : new float[] {0, -1, Float.NaN, Float.POSITIVE_INFINITY}) {
      assertThrows(SampleException.class, () -> new Normalisation(three, new float[] {1, bad, 1}));
    }
  }

  @Test
  void otherSizesThanWholeRecordsAreRefused() throws IOException {
    assertRefused(
        "no whole number of CIFAR records", reader(PICTURE), write("c.bin", new byte[99]));
    assertRefused("no whole number", reader(PICTURE), write("d.bin", new byte[0]));
  }

  @Test
  void picturesForAnInputThatTakesNoneAreRefused() throws IOException {
    Path file = write("c.bin", cifar(2, 1));
    assertRefused("would hold pictures", reader(PAIR), file);
    assertRefused(
        "the model takes 3 x 224 x 224", reader(spec("x", FLOAT, 1L, 3L, 224L, 224L)), file);
    int bytes = ElementType.UINT8.onnx();
    assertRefused("would hold pictures", reader(spec("x", bytes, 1L, 3L, 32L, 32L)), file);
  }

  @Test
  void readsOneArrayForOneInput() throws IOException {
    Path file = write("a.npy", NumPy.npy(new float[] {1, 2, 3, 4, 5, 6}, "3, 2"));
    Samples samples = reader(PAIR).read(file, 2);
    assertEquals(2, samples.count());
    assertArrayEquals(new long[] {1, 2}, samples.column("pair").shape());
    assertTrue(samples.labels().isEmpty());
  }

  @Test
  void readsNamedArraysAndLabels() throws IOException {
    byte[] labels =
        NumPy.npy(
            1, "{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }", new byte[] {4, 5, 6});
    Path file =
        zip(
            Map.of(
                "pair.npy",
                NumPy.npy(new float[] {1, 2, 3, 4, 5, 6}, "3, 2"),
                "one.npy",
                NumPy.npy(new float[] {7, 8, 9}, "3, 1"),
                "labels.npy",
                labels,
                "notes.txt",
                new byte[10]));
    Samples samples = reader(PAIR, spec("one", FLOAT, -1L, 1L)).read(file, 2);
    assertEquals(2, samples.count());
    assertArrayEquals(new int[] {4, 5}, samples.labels().get());
    assertEquals(8, samples.column("one").slice(1, 1).getFloat(0));
  }

  @Test
  void theOnlyArrayIsForTheOnlyInputWhateverItIsCalled() throws IOException {
    Path file = zip(Map.of("arr_0.npy", NumPy.npy(new float[] {1, 2}, "1, 2")));
    assertEquals(1, reader(PAIR).read(file, 9).count());
  }

  @Test
  void arraysThatNobodyAskedForAreNotRead() throws IOException {
    Path file =
        zip(
            Map.of(
                "pair.npy", NumPy.npy(new float[] {1, 2}, "1, 2"),
                "other.npy", "no array at all".getBytes(StandardCharsets.UTF_8)));
    assertEquals(1, reader(PAIR).read(file, 9).count());
  }

  @Test
  void aMissingArrayIsNamedWithThoseThereAre() throws IOException {
    Path file =
        zip(
            Map.of(
                "a.npy", NumPy.npy(new float[] {1, 2}, "1, 2"),
                "b.npy", NumPy.npy(new float[] {1, 2}, "1, 2")));
    assertRefused("has no array 'pair', but [a, b]", reader(PAIR), file);
  }

  @Test
  void aDamagedArchiveIsRefused() throws IOException {
    byte[] good = Files.readAllBytes(zip(Map.of("a.npy", NumPy.npy(new float[500], "250, 2"))));
    assertRefused(
        "is no .npz archive",
        reader(PAIR),
        write("x.npz", "text".getBytes(StandardCharsets.UTF_8)));
    Random random = new Random(3);
    for (int i = 0; i < 300; i++) {
      byte[] bad = Arrays.copyOf(good, random.nextInt(good.length + 1));
      if (bad.length > 0) {
        bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Path file = write("bad.npz", bad);
      try {
        reader(PAIR).read(file, 10);
      } catch (SampleException | IOException e) {
        assertTrue(e.getMessage() != null, "round " + i);
      }
    }
  }

  @Test
  void anArrayOfAnotherTypeOrShapeIsRefused() throws IOException {
    Path file = write("a.npy", NumPy.npy(new float[] {1, 2, 3}, "1, 3"));
    assertRefused(
        "holds FLOAT32; the model's input takes INT64", reader(spec("p", 7, -1L, 3L)), file);
    assertRefused("has shape [1, 3]", reader(PAIR), file);
    assertRefused("has shape [1, 3]", reader(spec("p", FLOAT, 3L)), file);
    Path scalar = write("s.npy", NumPy.npy(new float[] {1}, ""));
    assertRefused("has shape []", reader(spec("p", FLOAT)), scalar);
  }

  @Test
  void anInputOfUnknownRankTakesAnyArray() throws IOException {
    Path file = write("a.npy", NumPy.npy(new float[] {1, 2, 3, 4}, "2, 1, 2"));
    Samples samples = reader(new ValueSpec("p", FLOAT, List.of(), false)).read(file, 9);
    assertArrayEquals(new long[] {1, 1, 2}, samples.column("p").shape());
  }

  @Test
  void noSamplesAreRefused() throws IOException {
    Path file = write("a.npy", NumPy.npy(new float[0], "0, 2"));
    assertRefused("There are no samples", reader(PAIR), file);
    assertRefused("There is no file", reader(PAIR), folder.resolve("absent.npy"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void lessThanOneSampleCannotBeAskedFor(int most) throws IOException {
    Path file = write("c.bin", cifar(1, 1));
    assertThrows(SampleException.class, () -> reader(PICTURE).read(file, most));
  }

  @Test
  void readsRawValues() throws IOException {
    Samples samples = reader(PAIR).read(write("x.raw", new byte[24]), 2);
    assertEquals(2, samples.count());
    assertRefused(
        "no whole number of samples of 8 bytes", reader(PAIR), write("y.raw", new byte[9]));
    assertRefused("no whole number of samples", reader(PAIR), write("z.raw", new byte[0]));
    assertRefused(
        "no whole number", reader(spec("p", FLOAT, -1L, 0L)), write("y.raw", new byte[8]));
  }

  @Test
  void rawValuesDoNotTellOpenDimensions() throws IOException {
    Path file = write("x.raw", new byte[24]);
    assertRefused("open ones", reader(spec("p", FLOAT, -1L, -1L)), file);
    assertRefused("is not known", reader(new ValueSpec("p", FLOAT, List.of(), false)), file);
    assertRefused("is no tensor of numbers", reader(spec("p", 0, -1L)), file);
  }

  @Test
  void severalInputsNeedAnArchive() throws IOException {
    Path file = write("x.raw", new byte[24]);
    assertRefused("Maybe use .npz", reader(PAIR, PICTURE), file);
  }

  @Test
  void inputsMustHaveTheSameNumberOfSamples() {
    Column two = new Column(ElementType.UINT8, new long[] {1}, 2, ByteBuffer.allocate(2));
    Column three = new Column(ElementType.UINT8, new long[] {1}, 3, ByteBuffer.allocate(3));
    SampleException e =
        assertThrows(
            SampleException.class,
            () -> new Samples(Map.of("a", two, "b", three), Optional.empty(), "here"));
    assertTrue(e.getMessage().contains("another has 2"), e.getMessage());
    assertThrows(
        SampleException.class,
        () -> new Samples(Map.of("a", two), Optional.of(new int[3]), "here"));
  }

  @Test
  void aColumnHasExactlyItsBytes() {
    ByteBuffer bytes = ByteBuffer.allocate(8);
    assertThrows(
        SampleException.class, () -> new Column(ElementType.FLOAT32, new long[] {1}, 3, bytes));
    assertThrows(
        SampleException.class, () -> new Column(ElementType.FLOAT32, new long[] {1}, -2, bytes));
    assertThrows(
        SampleException.class, () -> new Column(ElementType.FLOAT32, new long[] {-1}, -2, bytes));
    long[] overflowing = {1L << 40, 1L << 40};
    assertThrows(
        SampleException.class, () -> new Column(ElementType.FLOAT32, overflowing, 0x10000, bytes));
  }
}
