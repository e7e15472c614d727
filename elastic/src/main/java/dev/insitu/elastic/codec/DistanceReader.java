package dev.insitu.elastic.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/**
 * Gives the values of a chunk's float32 blocks from the distances to their codes.
 *
 * <p>One loop fetches the byte whose place depends on the class, the others run over whole tiles
 * without branches. The bits of a code's value have its sign, so adding the distance gives the bits
 * of the weight; zeros, whose distance counts down from the step, are treated on their own.
 */
final class DistanceReader {

  private static final int LARGEST_FINITE = 0x7f7fffff;
  private static final int MAGNITUDE = 0x7fffffff;

  private final ByteBuffer first;
  private final byte[] top;
  private final int[] topAt;
  private final ByteBuffer middle;
  private final ByteBuffer last;
  private final byte[] middles = new byte[CodeTile.MAX_LENGTH];
  private final byte[] lasts = new byte[CodeTile.MAX_LENGTH];
  private final int[] distances = new int[CodeTile.MAX_LENGTH];
  private final float[] floors = new float[CodeTile.MAX_LENGTH];
  private final int[] floorBits = new int[CodeTile.MAX_LENGTH];
  private final FloatBuffer asFloats;
  private final IntBuffer asInts;

  /**
   * Reads X, T_0 to T_15, M1 and M0.
   *
   * @param counts elements of each size class
   */
  DistanceReader(StreamReader streams, int[] counts) {
    first = streams.next(counts[0]);
    top = new byte[SizeClass.sum(counts, SizeClass.COUNT)];
    topAt = SizeClass.begins(counts);
    for (int c = 0; c < SizeClass.COUNT; c++) {
      streams.next(top, topAt[c], counts[c]);
    }
    middle = streams.next(SizeClass.sum(counts, SizeClass.SHORT));
    last = streams.next(top.length);
    ByteBuffer scratch =
        ByteBuffer.allocate(4 * CodeTile.MAX_LENGTH).order(ByteOrder.nativeOrder());
    asFloats = scratch.asFloatBuffer();
    asInts = scratch.asIntBuffer();
  }

  /** For every code of a block its value in steps, the sign included. */
  static float[] magnitudes(int planeCount) {
    int magnitudes = 1 << planeCount;
    float[] table = new float[2 * magnitudes];
    for (int code = 0; code < magnitudes; code++) {
      table[code] = code;
      table[magnitudes + code] = -(float) code;
    }
    return table;
  }

  /**
   * Writes the bits of a tile's values.
   *
   * @param zeros the block's elements with magnitude 0
   * @param table {@link #magnitudes} of the block
   * @param steps of the tile's elements
   * @return whether every distance is possible
   */
  boolean values(CodeTile tile, Mask zeros, float[] table, float[] steps, int[] target) {
    int count = tile.count();
    readTops(tile.codes, tile.mask(), count);
    if (tile.planes().reaches(SizeClass.SHORT - 1, tile.first(), count)) {
      readMiddles(tile.codes, tile.mask(), count);
    } else {
      middle.get(middles, 0, count);
    }
    last.get(lasts, 0, count);
    combine(count);
    boolean possible = readZeros(zeros.words(), tile.first(), steps, count);
    Rebuild.floats(tile, table, steps, floors);
    asFloats.duplicate().put(floors, 0, count);
    asInts.duplicate().get(floorBits, 0, count);
    return add(floorBits, distances, count, target) && possible;
  }

  private void readTops(char[] codes, int mask, int count) {
    byte[] from = top;
    int[] at = topAt;
    int[] to = distances;
    for (int i = 0; i < count; i++) {
      int sizeClass = SizeClass.of(codes[i] & mask);
      to[i] = from[at[sizeClass]++] & 0xff;
    }
  }

  /** Codes from class 9 on have no middle byte: what was read as their top byte is it. */
  private void readMiddles(char[] codes, int mask, int count) {
    int firstShort = 1 << SizeClass.SHORT - 1;
    for (int i = 0; i < count; i++) {
      if ((codes[i] & mask) < firstShort) {
        middles[i] = middle.get();
      } else {
        middles[i] = (byte) distances[i];
        distances[i] = 0;
      }
    }
  }

  private void combine(int count) {
    int[] to = distances;
    byte[] second = middles;
    byte[] lowest = lasts;
    for (int i = 0; i < count; i++) {
      to[i] = to[i] << 16 | (second[i] & 0xff) << 8 | lowest[i] & 0xff;
    }
  }

  private boolean readZeros(long[] zeros, int start, float[] steps, int count) {
    boolean possible = true;
    for (int word = 0; word < Words.words(count); word++) {
      for (long rest = zeros[(start >>> 6) + word]; rest != 0; rest &= rest - 1) {
        int i = 64 * word + Long.numberOfTrailingZeros(rest);
        int down = distances[i] | first.get() << 24;
        distances[i] = Float.floatToRawIntBits(steps[i]) - 1 - down;
        possible &= down >= 0;
      }
    }
    return possible;
  }

  private static boolean add(int[] floors, int[] distances, int count, int[] target) {
    int wrong = 0;
    for (int i = 0; i < count; i++) {
      int bits = floors[i] + distances[i];
      wrong |= distances[i] | bits ^ floors[i] | LARGEST_FINITE - (bits & MAGNITUDE);
      target[i] = bits;
    }
    return wrong >= 0;
  }
}
