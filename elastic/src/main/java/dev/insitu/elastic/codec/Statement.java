package dev.insitu.elastic.codec;

import dev.insitu.elastic.codec.StreamWriter.Kind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Halves stated anew (format, section 4): as differences, in the order of the floats, from those
 * stated before, which they are mostly near.
 */
final class Statement {

  private Statement() {}

  /**
   * Writes streams U1 and U0.
   *
   * @param before for each block the halves that are held
   * @param after for each block those that are stated
   */
  static void write(StreamWriter streams, List<short[]> before, List<short[]> after) {
    int length = after.stream().mapToInt(halves -> halves.length).sum();
    byte[] high = new byte[length];
    byte[] low = new byte[length];
    int at = 0;
    for (int block = 0; block < after.size(); block++) {
      short[] from = before.get(block);
      short[] to = after.get(block);
      for (int i = 0; i < to.length; i++) {
        int zigzag = zigzag(order(to[i]) - order(from[i]));
        high[at] = (byte) (zigzag >> 8);
        low[at++] = (byte) zigzag;
      }
    }
    streams.add(Kind.NUMBERS, high);
    streams.add(Kind.NUMBERS, low);
  }

  /**
   * Reads streams U1 and U0; nothing changes.
   *
   * @return for each block the halves that are stated
   */
  static List<short[]> read(StreamReader streams, List<VectorContent> blocks) {
    long length = blocks.stream().mapToLong(block -> block.halves().length).sum();
    ByteBuffer high = streams.next(length);
    ByteBuffer low = streams.next(length);
    List<short[]> stated = new ArrayList<>();
    for (VectorContent block : blocks) {
      short[] halves = new short[block.halves().length];
      for (int i = 0; i < halves.length; i++) {
        int zigzag = (high.get() & 0xff) << 8 | low.get() & 0xff;
        int difference = zigzag >>> 1 ^ -(zigzag & 1);
        halves[i] = unorder(order(block.halves()[i]) + difference);
      }
      stated.add(halves);
    }
    return stated;
  }

  private static int zigzag(int difference) {
    short wrapped = (short) difference;
    return (wrapped << 1 ^ wrapped >> 15) & 0xffff;
  }

  /** A float's upper bits as an integer that grows with the float. */
  private static int order(short half) {
    return (half < 0 ? ~half : half | 0x8000) & 0xffff;
  }

  private static short unorder(int ordered) {
    return (short) ((ordered & 0x8000) == 0 ? ~ordered : ordered & 0x7fff);
  }
}
