package dev.insitu.model.width;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.model.WeightData;
import dev.insitu.model.width.Segments.Segment;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How dimensions are matched over a reshape, and how parts of tensors are read. */
class SegmentsTest {

  private static List<Segment> match(long[] in, long[] out) {
    return Segments.of(in, out).orElseThrow();
  }

  @Test
  void dimensionsOfOneAreLeftOut() {
    assertEquals(
        List.of(
            new Segment(List.of(1), List.of(0)),
            new Segment(List.of(2), List.of(1, 2)),
            new Segment(List.of(3, 4), List.of(4))),
        match(new long[] {1, 5, 12, 2, 3}, new long[] {5, 3, 4, 1, 6}));
  }

  @Test
  void sizesThatDoNotMatchAreRefused() {
    assertTrue(Segments.of(new long[] {4, 3}, new long[] {5, 3}).isEmpty());
    assertTrue(Segments.of(new long[] {4}, new long[] {4, 2}).isEmpty());
    assertTrue(Segments.of(new long[] {4, -1}, new long[] {4, 2}).isEmpty());
    assertTrue(Segments.of(new long[] {0, 4}, new long[] {0, 4}).isEmpty());
  }

  /** [batch, 12, h, w] -> [batch, 3, 4, h * w]: sure for the channels, not for the picture. */
  @Test
  void openDimensionsElsewhereDoNotMatter() {
    long[] in = {1, 12, 5, 6};
    long[] out = {1, 3, 4, 30};
    List<Segment> segments = match(in, out);
    assertTrue(Segments.isSure(segments, 0, in, out, i -> i == 0 || i > 1, i -> i == 0 || i == 3));
    assertFalse(Segments.isSure(segments, 1, in, out, i -> i == 0 || i > 1, i -> i == 0 || i == 3));
  }

  /** [n, 4] -> [4, n] only looks matched where n happens to be 4. */
  @Test
  void sizesThatHappenToMatchAreNotSure() {
    long[] dims = {4, 4};
    assertFalse(Segments.isSure(match(dims, dims), 0, dims, dims, i -> i == 0, i -> i == 1));
    assertFalse(Segments.isSure(match(dims, dims), 1, dims, dims, i -> i == 0, i -> i == 1));
  }

  @Test
  void partsAreReadFromAnywhere() {
    long seed = 3;
    Random random = new Random(seed);
    byte[] whole = new byte[5 * 4 * 3 * 2];
    random.nextBytes(whole);
    KeptData part =
        new KeptData(
            new Bytes(whole), 2, new long[] {5, 4, 3}, new int[][] {{4, 0}, {2}, {0, 2, 1}});
    byte[] expected = new byte[12];
    int at = 0;
    for (int row : new int[] {4, 0}) {
      for (int column : new int[] {0, 2, 1}) {
        int from = 2 * ((row * 4 + 2) * 3 + column);
        expected[at++] = whole[from];
        expected[at++] = whole[from + 1];
      }
    }
    assertEquals(12, part.byteLength());
    for (int from = 0; from < 12; from++) {
      ByteBuffer into = ByteBuffer.allocate(random.nextInt(13 - from));
      part.read(from, into);
      assertArrayEquals(
          java.util.Arrays.copyOfRange(expected, from, from + into.capacity()),
          into.array(),
          "seed " + seed);
    }
    assertThrows(IllegalArgumentException.class, () -> part.read(1, ByteBuffer.allocate(12)));
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Bytes(byte[] values) implements WeightData {

    @Override
    public long byteLength() {
      return values.length;
    }

    @Override
    public void read(long byteOffset, ByteBuffer into) {
      into.put(values, (int) byteOffset, into.remaining());
    }
  }
}
