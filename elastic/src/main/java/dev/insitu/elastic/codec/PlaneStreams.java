package dev.insitu.elastic.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Writes the streams B and S. */
final class PlaneStreams {

  private PlaneStreams() {}

  /**
   * Writes one plane, or all planes of the base, and the signs of what they make significant.
   *
   * @param k the plane; of the base it is each block's own lowest one
   */
  static void write(StreamWriter streams, List<BlockCodes> blocks, int k, boolean base) {
    for (int j = base ? BitPlanes.MAX - 1 : 0; j >= 0; j--) {
      List<Bits> plane = new ArrayList<>();
      for (BlockCodes codes : blocks) {
        BitPlanes planes = codes.planes().planes();
        int lowest = base ? codes.block().tensor().refinements() : k;
        if (lowest + j < codes.planeCount()) {
          plane.add(new Bits(planes.plane(lowest + j), planes.length()));
        }
      }
      streams.add(StreamWriter.Kind.BITS, bytes(plane));
    }
    List<Bits> signs = new ArrayList<>();
    for (BlockCodes codes : blocks) {
      int lowest = base ? codes.block().tensor().refinements() : k;
      signs.add(signs(codes.planes(), codes.planes().newlySignificant(lowest, base)));
    }
    streams.add(StreamWriter.Kind.BITS, bytes(signs));
  }

  /** The signs of the elements under a mask, packed. */
  static Bits signs(PlaneCodes codes, long[] mask) {
    return new Bits(Extract.pack(codes.planes().signs(), mask), Words.count(mask));
  }

  /** Bits one after another, each from a whole byte on. */
  static byte[] bytes(List<Bits> parts) {
    byte[] bytes = new byte[parts.stream().mapToInt(part -> Words.bytes(part.count)).sum()];
    ByteBuffer target = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (Bits part : parts) {
      Words.write(target, part.words, part.count);
    }
    return bytes;
  }

  /** So many bits in words. */
  static final class Bits {
    private final long[] words;
    private final int count;

    Bits(long[] words, int count) {
      this.words = words;
      this.count = count;
    }
  }
}
