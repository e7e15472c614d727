package dev.insitu.forge.samples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ElementType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NpyTest {

  private static Npy read(byte[] file, int most) throws IOException {
    return Npy.read(new ByteArrayInputStream(file), "x.npy", most);
  }

  private static void assertRefused(byte[] file, String expected) {
    SampleException e = assertThrows(SampleException.class, () -> read(file, 10));
    assertTrue(e.getMessage().startsWith("x.npy"), e.getMessage());
    assertTrue(e.getMessage().contains(expected), e.getMessage());
  }

  private static byte[] file(String header) {
    return NumPy.npy(1, header, new byte[0]);
  }

  private static String header(String type, String shape) {
    return "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }".formatted(type, shape);
  }

  @Test
  void readsValuesTypeAndShape() throws IOException {
    Npy array = read(NumPy.npy(new float[] {1, 2, 3, 4, 5, 6}, "3, 2"), 10);
    assertEquals(ElementType.FLOAT32, array.type());
    assertArrayEquals(new long[] {3, 2}, array.shape());
    assertEquals(6, array.values().getFloat(20));
  }

  @Test
  void readsNoMoreThanAskedFor() throws IOException {
    Npy array = read(NumPy.npy(new float[] {1, 2, 3, 4, 5, 6}, "3, 2"), 2);
    assertArrayEquals(new long[] {2, 2}, array.shape());
    assertEquals(16, array.values().remaining());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void readsEveryVersionOfTheHeader(int version) throws IOException {
    String header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }";
    Npy array = read(NumPy.npy(version, header, new byte[] {7, 8}), 10);
    assertEquals(8, array.values().get(1));
  }

  @Test
  void labelsAreReadFromEveryIntegerType() throws IOException {
    for (String type : new String[] {"<i8", "<u8", "<i4", "<u4", "<i2", "<u2", "|i1", "|u1"}) {
      byte[] seven = {7, 0, 0, 0, 0, 0, 0, 0};
      Npy array = read(NumPy.npy(1, header(type, "1,"), seven), 10);
      assertArrayEquals(new int[] {7}, array.integers("x.npy"), type);
    }
  }

  @Test
  void labelsThatAreNoClassesAreRefused() throws IOException {
    String header = header("<i8", "1,");
    byte[] huge = {0, 0, 0, 0, 1, 0, 0, 0};
    Npy array = read(NumPy.npy(1, header, huge), 10);
    assertThrows(SampleException.class, () -> array.integers("x.npy"));
    byte[] negative = {-1, -1, -1, -1, -1, -1, -1, -1};
    Npy other = read(NumPy.npy(1, header, negative), 10);
    assertThrows(SampleException.class, () -> other.integers("x.npy"));
    Npy floats = read(NumPy.npy(new float[] {1}, "1,"), 10);
    assertThrows(SampleException.class, () -> floats.integers("x.npy"));
  }

  @Test
  void otherFilesAreRefused() {
    assertRefused(new byte[0], "is not a NumPy array");
    assertRefused("hello, this is a text".getBytes(StandardCharsets.UTF_8), "is not a NumPy array");
    assertRefused(Arrays.copyOf(file(""), 7), "is not a NumPy array");
  }

  @Test
  void aHeaderThatClaimsToBeHugeIsRefused() {
    byte[] file = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0, -1, -1, -1, -1};
    assertRefused(file, "header of 4294967295 bytes");
    byte[] positive = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0, 0, 0, 0, 0x70};
    assertRefused(positive, "at most 65536");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{'descr': '<f4'}",
        "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1, -1), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3L,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1e3,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,"
            + "1,1,1,1,1,1,1,1,1,1,1,1,1,1), }"
      })
  void aHeaderThatIsNotUnderstoodIsShown(String header) {
    assertRefused(file(header), "not understood");
  }

  @ParameterizedTest
  @ValueSource(strings = {"|O", ">f4", "<c16", "|S5", "<U3", "<M8[ns]"})
  void otherTypesAreRefused(String type) {
    assertRefused(file(header(type, "1,")), type);
  }

  @Test
  void columnsFirstIsRefusedWithAdvice() {
    assertRefused(
        file("{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }"), "ascontiguousarray");
  }

  @Test
  void moreValuesThanMemoryHoldsAreRefusedBeforeAnyIsRead() {
    assertRefused(
        file("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 999999999999999999), }"),
        "at most");
    assertRefused(
        file("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 4294967296, 4294967296), }"),
        "at most");
  }

  @Test
  void aClaimOfManyValuesTakesNoMemoryUntilTheyCome() {
    assertRefused(
        file("{'descr': '|u1', 'fortran_order': False, 'shape': (10, 200000000), }"),
        "ends after 0 of 2000000000 bytes");
  }

  @Test
  void damagedFilesAreRefusedAsSuch() {
    byte[] good = NumPy.npy(new float[] {1, 2, 3, 4, 5, 6}, "3, 2");
    Random random = new Random(11);
    for (int i = 0; i < 2000; i++) {
      byte[] bad = Arrays.copyOf(good, random.nextInt(good.length + 1));
      for (int flips = random.nextInt(3); flips > 0 && bad.length > 0; flips--) {
        bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      }
      try {
        read(bad, 3);
      } catch (SampleException | IOException e) {
        assertTrue(e.getMessage() != null, "round " + i);
      }
    }
  }
}
