package dev.insitu.elastic.codec;

import dev.insitu.elastic.codec.StreamWriter.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Writes the streams B and S. */
final class PlaneStreams {

  /**
   * A plane is split when that is expected to save this share of it: two streams are slower to read
   * than one.
   */
  private static final double LEAST_GAIN = 0.03;

  /** What a stream more costs at most in headers and tables, in bits. */
  private static final int STREAM_BITS = 8 * 64;

  private final StreamWriter streams;

  PlaneStreams(StreamWriter streams) {
    this.streams = streams;
  }

  /** Writes all planes from each block's lowest on, and the signs of what is significant then. */
  void writeBase(List<PlaneCodes> blocks) {
    List<long[]> significant = new ArrayList<>();
    for (PlaneCodes codes : blocks) {
      significant.add(new long[codes.planes().words()]);
    }
    for (int j = BitPlanes.MAX - 1; j >= 0; j--) {
      List<Plane> present = new ArrayList<>();
      for (int i = 0; i < significant.size(); i++) {
        PlaneCodes codes = blocks.get(i);
        int k = codes.refinements() + j;
        if (k < codes.head().planeCount()) {
          present.add(new Plane(codes, k, significant.get(i)));
        }
      }
      write(present);
      present.forEach(plane -> Words.or(plane.above, plane.bits()));
    }
    List<Packed> signs = new ArrayList<>();
    for (int i = 0; i < significant.size(); i++) {
      signs.add(blocks.get(i).signs(Mask.of(significant.get(i))));
    }
    streams.add(Kind.BITS, join(signs));
  }

  /** Writes plane k and the signs of what it makes significant. */
  void writeRefinement(List<PlaneCodes> blocks, int k) {
    List<Plane> present = new ArrayList<>();
    for (PlaneCodes codes : blocks) {
      if (k < codes.head().planeCount()) {
        present.add(new Plane(codes, k, codes.planes().significant(k + 1)));
      }
    }
    write(present);
    List<Packed> signs = new ArrayList<>();
    for (Plane plane : present) {
      signs.add(plane.codes.signs(Mask.difference(plane.bits(), plane.above)));
    }
    streams.add(Kind.BITS, join(signs));
  }

  private void write(List<Plane> planes) {
    if (isWorthSplitting(planes)) {
      streams.addSplit(
          join(planes.stream().map(Plane::ofZeros).collect(Collectors.toUnmodifiableList())));
      streams.add(
          Kind.BITS,
          join(planes.stream().map(Plane::ofOthers).collect(Collectors.toUnmodifiableList())));
    } else {
      streams.add(
          Kind.BITS,
          join(planes.stream().map(Plane::whole).collect(Collectors.toUnmodifiableList())));
    }
  }

  private boolean isWorthSplitting(List<Plane> planes) {
    long length = 0;
    long ones = 0;
    long others = 0;
    long onesOfOthers = 0;
    for (Plane plane : planes) {
      length += plane.length();
      for (int i = 0; i < plane.above.length; i++) {
        ones += Long.bitCount(plane.bits()[i]);
        others += Long.bitCount(plane.above[i]);
        onesOfOthers += Long.bitCount(plane.bits()[i] & plane.above[i]);
      }
    }
    double split =
        Packed.entropy(onesOfOthers, others) + Packed.entropy(ones - onesOfOthers, length - others);
    double gain = Math.max(LEAST_GAIN, streams.coding().leastGain());
    return split + STREAM_BITS < (1 - gain) * Packed.entropy(ones, length);
  }

  /** Bits one after another, each from a whole byte on. */
  static byte[] join(List<Packed> parts) {
    byte[] bytes = new byte[parts.stream().mapToInt(part -> Words.bytes(part.count())).sum()];
    ByteBuffer target = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (Packed part : parts) {
      Words.write(target, part.words(), part.count());
    }
    return bytes;
  }

  /** One plane of one block, and the elements that are significant above it. */
  private static final class Plane {
    private final PlaneCodes codes;
    private final int k;
    private final long[] above;

    Plane(PlaneCodes codes, int k, long[] above) {
      this.codes = codes;
      this.k = k;
      this.above = above;
    }

    long[] bits() {
      return codes.planes().plane(k);
    }

    int length() {
      return codes.planes().length();
    }

    Packed whole() {
      return new Packed(bits(), length());
    }

    Packed ofZeros() {
      return Packed.under(bits(), Mask.complement(above, length()));
    }

    Packed ofOthers() {
      return Packed.under(bits(), Mask.of(above));
    }
  }
}
