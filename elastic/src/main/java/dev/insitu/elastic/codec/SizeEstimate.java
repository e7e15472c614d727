package dev.insitu.elastic.codec;

import dev.insitu.elastic.Coding;

/** How many bits a block adds in a group, roughly. */
final class SizeEstimate {

  private static final int FLOAT32_DISTANCE_BITS = 25;
  private static final int HALF_DISTANCE_BITS = 12;
  private static final int UPPER_HALF_BITS = 13;
  private static final int STATEMENT_BITS = 8;

  private SizeEstimate() {}

  static double bits(BlockCodes codes, int group, int levels) {
    if (!codes.block().tensor().hasContent(group, levels)) {
      return 0;
    }
    long length = codes.block().length();
    Coding coding = codes.block().tensor().coding();
    if (coding == Coding.RAW) {
      return 8 * length;
    }
    if (coding == Coding.VECTOR) {
      return length * (group == 0 ? UPPER_HALF_BITS : 16);
    }
    if (coding == Coding.STATED) {
      return length * (group == 0 ? UPPER_HALF_BITS : STATEMENT_BITS + (group > levels ? 16 : 0));
    }
    return group > levels ? distance(codes) : planes(codes.planes(), codes, group, levels);
  }

  private static double planes(PlaneCodes planes, BlockCodes codes, int group, int levels) {
    int refinements = codes.block().tensor().refinements();
    boolean base = group == 0;
    int lowest = base ? refinements : levels - group;
    int highest = base ? BitPlanes.MAX - 1 : lowest;
    long[] above =
        base ? new long[planes.planes().words()] : planes.planes().significant(lowest + 1);
    double bits = Mask.difference(planes.planes().significant(lowest), above).count();
    for (int k = lowest; k <= highest; k++) {
      if (planes.planes().has(k)) {
        int ones = Mask.of(planes.planes().plane(k)).count();
        bits += Packed.entropy(ones, planes.planes().length());
      }
    }
    return base ? bits + 4 * (refinements + 1) + 8 + 4 * planes.head().steps().rows() : bits;
  }

  private static double distance(BlockCodes codes) {
    int[] counts = codes.planes().planes().bitLengths();
    int most = codes.isFloat32Planes() ? FLOAT32_DISTANCE_BITS : HALF_DISTANCE_BITS;
    double bits = counts[0] * (most + 1.0);
    for (int c = 1; c < counts.length; c++) {
      bits += (double) counts[c] * Math.max(1, most - c);
    }
    return bits;
  }
}
