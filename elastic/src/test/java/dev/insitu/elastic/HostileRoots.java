package dev.insitu.elastic;

import dev.insitu.elastic.ElasticException.Reason;

/** Kept roots that break a rule. */
final class HostileRoots {

  private HostileRoots() {}

  static void addTo(HostileCases cases) {
    refused(cases, Reason.CORRUPT, "root-chunks-overlap", "below 2 have been covered", 0, 2, 1, 1);
    refused(cases, Reason.CORRUPT, "root-chunks-out-of-order", "below 3 have", 2, 1, 0, 1);
    refused(cases, Reason.CORRUPT, "root-chunk-past-the-end", "blocks 3 to 5 of 4", 3, 2);
    refused(cases, Reason.CORRUPT, "root-chunk-of-no-blocks", "for blocks 1 to 1", 1, 0);
    refused(cases, Reason.LIMIT, "root-chunk-far-away", "first block as", 1 << 30, 1);
    cases.manifest(
        Reason.LIMIT,
        "root-chunk-too-large",
        "a difference chunk's size as",
        m -> m.section(16, section(9).u8(1).u8(0).u8(1).varint(2 << 20).digest(digest(8))));
    cases.manifest(
        Reason.CORRUPT,
        "root-chunk-of-no-bytes",
        "claims 0 bytes",
        m -> m.section(16, section(9).u8(1).u8(0).u8(1).u8(0).digest(digest(8))));
    cases.manifest(
        Reason.LIMIT,
        "root-chunk-count-huge",
        "number of difference chunks",
        m -> m.section(16, section(9).varint(1L << 50)));
    cases.manifest(
        Reason.CORRUPT,
        "root-chunk-count-beyond-the-bytes",
        "with only 0 bytes left",
        m -> m.section(16, section(9).varint(1000)));
    cases.manifest(
        Reason.LIMIT,
        "root-graph-too-large",
        "graph's size as",
        m -> m.section(16, section(2 << 20).u8(0)));
    cases.manifest(
        Reason.CORRUPT,
        "root-graph-of-no-bytes",
        "has 0 bytes",
        m -> m.section(16, section(0).u8(0)));
    cases.manifest(
        Reason.CORRUPT,
        "root-graph-of-two-sizes",
        "in one place",
        m -> m.section(16, section(9).u8(1).u8(0).u8(1).u8(8).digest(digest(7))));
    cases.manifest(
        Reason.CORRUPT, "root-section-cut", "ends", m -> m.section(16, new ByteWriter().u8(3)));
    cases.manifest(
        Reason.CORRUPT,
        "root-section-too-long",
        "bytes",
        m -> m.section(16, section(9).u8(0).u8(0)));
    cases.manifest(
        Reason.LIMIT,
        "root-values-per-chunk",
        "bytes of values",
        m -> {
          m.section(5, HostileTables.tensorSection("vector", 1, 1, 5 << 20, 0, 0));
          m.section(
              11, RawTable.of(SmallPackage.manifest()).blocks(1, 2, 21).blocks(5, 0, 22).section());
          m.section(16, section(9).u8(1).u8(0).u8(23).u8(8).digest(digest(8)));
        });
  }

  private static Digest digest(int number) {
    return SmallPackage.digest(number);
  }

  /** The section up to its chunks, the graph called by digest 7. */
  private static ByteWriter section(int graphBytes) {
    return new ByteWriter().digest(digest(6)).digest(digest(7)).varint(graphBytes);
  }

  /**
   * A section whose chunks cover these runs of blocks.
   *
   * @param runs first block and number of blocks of each
   */
  private static void refused(
      HostileCases cases, Reason reason, String name, String message, int... runs) {
    int count = runs.length / 2;
    ByteWriter section = section(9).varint(count);
    for (int column = 0; column < 2; column++) {
      for (int i = 0; i < count; i++) {
        section.varint(runs[2 * i + column]);
      }
    }
    for (int i = 0; i < count; i++) {
      section.u8(5);
    }
    for (int i = 0; i < count; i++) {
      section.digest(digest(8));
    }
    cases.manifest(reason, name, message, m -> m.section(16, section));
  }
}
