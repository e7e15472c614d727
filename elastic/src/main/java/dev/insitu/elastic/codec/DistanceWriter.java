package dev.insitu.elastic.codec;

import dev.insitu.elastic.codec.StreamWriter.Kind;
import java.util.Arrays;

/** Collects the distances of a chunk's float32 blocks in the order of float values. */
final class DistanceWriter {

  private static final int MAGNITUDE = 0x7fffffff;

  private final int[] counts;
  private final byte[] first;
  private final byte[] top;
  private final byte[] middle;
  private final byte[] last;
  private final int[] topAt;
  private int firstAt;
  private int middleAt;
  private int lastAt;

  /**
   * @param counts elements of each size class
   */
  DistanceWriter(int[] counts) {
    this.counts = counts.clone();
    first = new byte[counts[0]];
    top = new byte[SizeClass.sum(counts, SizeClass.COUNT)];
    middle = new byte[SizeClass.sum(counts, SizeClass.SHORT)];
    last = new byte[top.length];
    topAt = SizeClass.begins(counts);
  }

  /**
   * Appends the distances of a tile.
   *
   * @param steps of its elements
   * @param weights the bits of its values
   */
  void add(CodeTile tile, float[] steps, int[] weights) {
    char[] codes = tile.codes;
    int mask = tile.mask();
    int count = tile.count();
    for (int i = 0; i < count; i++) {
      int code = codes[i] & mask;
      int order = weights[i] & MAGNITUDE;
      int distance;
      if (code == 0) {
        distance = Float.floatToRawIntBits(steps[i]) - 1 - order;
        first[firstAt++] = (byte) (distance >>> 24);
      } else {
        distance = order - Float.floatToRawIntBits(code * steps[i]);
      }
      last[lastAt + i] = (byte) distance;
      int upper = distance >> 8;
      int sizeClass = SizeClass.of(code);
      if (sizeClass < SizeClass.SHORT) {
        middle[middleAt++] = (byte) upper;
        upper >>= 8;
      }
      top[topAt[sizeClass]++] = (byte) upper;
    }
    lastAt += count;
  }

  /** Writes X, T_0 to T_15, M1 and M0. */
  void write(StreamWriter streams) {
    streams.add(Kind.NUMBERS, first);
    int begin = 0;
    for (int count : counts) {
      streams.add(Kind.NUMBERS, Arrays.copyOfRange(top, begin, begin + count));
      begin += count;
    }
    streams.add(Kind.NUMBERS, middle);
    streams.add(Kind.NUMBERS, last);
  }
}
