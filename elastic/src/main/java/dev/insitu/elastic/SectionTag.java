package dev.insitu.elastic;

import java.util.List;

/** Tags of a manifest's sections; odd ones are critical (format, section 5). */
final class SectionTag {

  static final int HEADER = 1;
  static final int VALUES = 3;
  static final int TENSORS = 5;
  static final int SEGMENTS = 7;
  static final int FUSED = 9;
  static final int CHUNKS = 11;
  static final int PROFILE = 12;
  static final int DIFFERENCES = 14;
  static final int EXITS = 15;
  static final int KEPT_ROOT = 16;
  static final int WIDTHS = 17;

  /** Every tag this version reads. */
  static final List<Integer> KNOWN =
      List.of(
          HEADER,
          VALUES,
          TENSORS,
          SEGMENTS,
          FUSED,
          CHUNKS,
          PROFILE,
          DIFFERENCES,
          EXITS,
          KEPT_ROOT,
          WIDTHS);

  private SectionTag() {}

  static boolean isCritical(int tag) {
    return tag % 2 == 1;
  }
}
