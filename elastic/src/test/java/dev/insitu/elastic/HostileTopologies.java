package dev.insitu.elastic;

import dev.insitu.elastic.ElasticException.Reason;
import java.util.Arrays;

/** Headers, segments and differences that break a rule. */
final class HostileTopologies {

  private final HostileCases cases;

  private HostileTopologies(HostileCases cases) {
    this.cases = cases;
  }

  static void addTo(HostileCases cases) {
    HostileTopologies made = new HostileTopologies(cases);
    made.headers();
    made.segments();
    made.differences();
  }

  private void headers() {
    header("name-with-dots", "is not a model name", "../../etc/passwd", "1", 2, 0, 0);
    header("name-with-slash", "is not a model name", "a/b", "1", 2, 0, 0);
    header("name-of-dots", "is not a model name", "..", "1", 2, 0, 0);
    header("name-with-zero", "is not a model name", "a\0b", "1", 2, 0, 0);
    header("name-too-long", "is not a model name", "a".repeat(129), "1", 2, 0, 0);
    header("version-with-dots", "is not a version", "a", "../1", 2, 0, 0);
    header("version-with-newline", "is not a version", "a", "1\n", 2, 0, 0);
    header("flag-of-two", "neither 0 nor 1", "a", "1", 2, 2, 0);
    header("reference-of-another-kind", "neither 0 nor 1", "a", "1", 2, 0, 2);
    cases.manifest(
        Reason.LIMIT,
        "refinements-too-many",
        "its refinements as 15",
        m -> m.section(1, headerSection("a", "1", 15, 0, 0)));
    cases.manifest(
        Reason.CORRUPT,
        "number-not-in-shortest-form",
        "shortest form",
        m -> m.section(12, new ByteWriter().digest(SmallPackage.digest(1)).u8(0x87).u8(0)));
    cases.manifest(
        Reason.CORRUPT,
        "number-without-end",
        "longer than 9 bytes",
        m ->
            m.section(
                12,
                new ByteWriter().digest(SmallPackage.digest(1)).raw(HostileCases.bytes(0xff, 12))));
    cases.manifest(
        Reason.LIMIT,
        "profile-too-large",
        "the profile's size",
        m -> m.section(12, new ByteWriter().digest(SmallPackage.digest(1)).varint(1 << 25)));
    cases.manifest(
        Reason.CORRUPT,
        "profile-of-no-bytes",
        "has 0 bytes",
        m -> m.section(12, new ByteWriter().digest(SmallPackage.digest(1)).u8(0)));
  }

  private void segments() {
    segment(
        Reason.CORRUPT,
        "segment-refers-to-a-missing-tensor",
        "refers to tensor 3 of 3",
        "h",
        "y",
        1,
        1);
    segment(Reason.LIMIT, "segment-refers-to-tensor-huge", "gap of tensors", "h", "y", 1, 1 << 30);
    segment(Reason.CORRUPT, "segment-reads-from-nowhere", "reads 'secret'", "secret", "y", 1, 0);
    segment(Reason.CORRUPT, "segment-reads-itself", "reads 'y'", "y", "y", 1, 0);
    segment(
        Reason.CORRUPT, "value-made-twice", "'h' of segment 1 was there before", "x", "h", 1, 0);
    segment(
        Reason.CORRUPT,
        "input-made-by-a-segment",
        "'x' of segment 1 was there before",
        "h",
        "x",
        1,
        0);
    segment(Reason.CORRUPT, "output-that-nobody-makes", "output 'y'", "h", "z", 1, 0);
    cases.manifest(
        Reason.CORRUPT, "no-segment", "no segment", m -> m.section(7, new ByteWriter().varint(0)));
    cases.manifest(
        Reason.LIMIT,
        "segment-count-huge",
        "number of segments",
        m -> m.section(7, new ByteWriter().varint(1L << 62)));
    cases.manifest(
        Reason.CORRUPT,
        "graph-longer-than-the-file",
        "bytes left",
        m ->
            m.section(
                7, new ByteWriter().varint(1).u8(0).u8(0).u8(0).u8(0).u8(0).varint(200_000_000)));
    cases.manifest(
        Reason.CORRUPT,
        "two-graphs-of-one-segment",
        "fused graph as well",
        m -> m.section(7, new ByteWriter().varint(1).u8(0).u8(0).u8(0).u8(0).u8(0).u8(0)));
    cases.manifest(
        Reason.CORRUPT,
        "inputs-of-one-name",
        "'x' of the model's inputs was there before",
        m -> {
          byte[] values = m.section(3);
          byte[] input = Arrays.copyOfRange(values, 1, 7);
          m.section(
              3,
              new ByteWriter()
                  .u8(2)
                  .raw(input)
                  .raw(input)
                  .raw(Arrays.copyOfRange(values, 7, values.length)));
        });
    cases.manifest(
        Reason.LIMIT,
        "too-many-dimensions",
        "a value's rank as 34",
        m ->
            m.section(
                3, new ByteWriter().u8(1).name("x").u8(1).varint(34).raw(new byte[34]).u8(0)));
    cases.manifest(
        Reason.LIMIT,
        "input-count-huge",
        "number of inputs",
        m -> m.section(3, new ByteWriter().varint(1L << 40)));
  }

  private void differences() {
    difference(
        Reason.CORRUPT,
        "difference-of-an-unmapped-tensor",
        "mapped to none",
        new int[] {1, 0, 1},
        2,
        1);
    difference(
        Reason.CORRUPT,
        "difference-past-the-end",
        "claims blocks 3 to 5 of 4",
        new int[] {1, 1, 1},
        3,
        2);
    difference(
        Reason.LIMIT,
        "difference-maps-out-of-range",
        "a base's tensor as",
        new int[] {1, 1 << 30, 1},
        0,
        1);
    difference(
        Reason.CORRUPT, "difference-of-no-blocks", "for blocks 1 to 1", new int[] {1, 1, 1}, 1, 0);
    cases.manifest(
        Reason.CORRUPT,
        "two-differences-against-one-version",
        "two differences against",
        m -> {
          ByteWriter one = new ByteWriter().digest(SmallPackage.digest(7)).u8(1).u8(2).u8(3).u8(0);
          m.section(14, new ByteWriter().u8(2).raw(one.toBytes()).raw(one.toBytes()));
        });
    cases.manifest(
        Reason.CORRUPT,
        "difference-chunks-overlap",
        "those below 2 have been covered",
        m ->
            m.section(
                14,
                new ByteWriter()
                    .u8(1)
                    .digest(SmallPackage.digest(7))
                    .u8(1)
                    .u8(2)
                    .u8(3)
                    .u8(2)
                    .u8(0)
                    .u8(1)
                    .u8(2)
                    .u8(1)
                    .u8(5)
                    .u8(5)
                    .digest(SmallPackage.digest(8))
                    .digest(SmallPackage.digest(9))));
    cases.manifest(
        Reason.LIMIT,
        "difference-count-huge",
        "number of differences",
        m -> m.section(14, new ByteWriter().varint(1 << 20)));
    cases.manifest(
        Reason.LIMIT,
        "difference-chunk-count-huge",
        "number of difference chunks",
        m ->
            m.section(
                14,
                new ByteWriter()
                    .u8(1)
                    .digest(SmallPackage.digest(7))
                    .u8(1)
                    .u8(2)
                    .u8(3)
                    .varint(1L << 50)));
  }

  /** The segments with another second one. */
  private void segment(
      Reason reason, String name, String message, String input, String output, int first, int gap) {
    ByteWriter second =
        new ByteWriter()
            .u8(1)
            .name(input)
            .u8(1)
            .name(output)
            .u8(2)
            .varint(first)
            .varint(gap)
            .u8(0)
            .u8(0)
            .u8(0);
    ByteWriter both =
        new ByteWriter()
            .u8(2)
            .u8(1)
            .name("x")
            .u8(1)
            .name("h")
            .u8(1)
            .u8(0)
            .u8(0)
            .u8(0)
            .u8(0)
            .raw(second.toBytes());
    cases.manifest(reason, name, message, m -> m.section(7, both));
  }

  private void header(
      String name,
      String message,
      String model,
      String version,
      int levels,
      int hasParent,
      int kind) {
    cases.manifest(
        Reason.CORRUPT,
        name,
        message,
        m -> m.section(1, headerSection(model, version, levels, hasParent, kind)));
  }

  private static ByteWriter headerSection(
      String model, String version, int levels, int hasParent, int kind) {
    return new ByteWriter()
        .name(model)
        .name(version)
        .digest(SmallPackage.digest(1))
        .u8(hasParent)
        .digest(SmallPackage.digest(2))
        .varint(levels)
        .u8(kind);
  }

  private void difference(
      Reason reason, String name, String message, int[] baseTensors, int first, int length) {
    ByteWriter section = new ByteWriter().u8(1).digest(SmallPackage.digest(7));
    for (int tensor : baseTensors) {
      section.varint(tensor);
    }
    section.u8(1).varint(first).varint(length).u8(5).digest(SmallPackage.digest(8));
    cases.manifest(reason, name, message, m -> m.section(14, section));
  }
}
