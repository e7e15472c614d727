package dev.insitu.elastic;

import dev.insitu.elastic.ElasticException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Chunk and tensor tables that break a rule. */
final class HostileTables {

  private final HostileCases cases;

  private HostileTables(HostileCases cases) {
    this.cases = cases;
  }

  static void addTo(HostileCases cases) {
    HostileTables made = new HostileTables(cases);
    made.chunkTables();
    made.tensorTables();
  }

  private void chunkTables() {
    table("overlapping-chunks", "overlap at block 1", t -> t.blocks(1, 1, 3));
    table(
        "chunk-twice", "overlap at block 0", t -> t.add(SmallPackage.digest(1), 0, 1, 0, 2, 9, 0));
    table("uncovered-block-between", "Block 0 of tensor 'planes' has no chunk", t -> t.remove(3));
    table(
        "uncovered-block-at-the-end", "Block 1 of tensor 'planes' has no chunk", t -> t.remove(4));
    table("uncovered-group", "has no chunk in group 3", t -> t.remove(5));
    table(
        "no-chunks",
        "has no chunk in group 0",
        t -> {
          for (int i = 0; i < 6; i++) {
            t.remove(0);
          }
        });
    table(
        "chunk-without-content",
        "covers no content",
        t -> t.add(SmallPackage.digest(1), 0, 1, 2, 2, 9, 0));
    table("chunk-of-no-blocks", "claims blocks 1 to 1", t -> t.blocks(4, 1, 0));
    table("chunk-past-the-end", "claims blocks up to 8", t -> t.blocks(5, 0, 8));
    table("group-that-is-not-there", "in group 4 of 4", t -> t.group(5, 4));
    table("group-255", "of group 255", t -> t.group(5, 255));
    table("refinement-before-its-base", "broken or cyclic", t -> t.swap(0, 2));
    table("refinement-before-a-part-of-its-base", "broken or cyclic", t -> t.swap(4, 5));
    table("cyclic-refinement", "broken or cyclic", t -> t.swap(2, 3).swap(2, 5));
    table("error-not-a-number", "removes an error of NaN", t -> t.error(2, Float.NaN));
    table("error-negative", "removes an error of -1.0", t -> t.error(2, -1));
    table(
        "error-infinite", "removes an error of Infinity", t -> t.error(2, Float.POSITIVE_INFINITY));
    table(
        "one-digest-two-sizes",
        "in one place and",
        t -> t.digest(5, SmallPackage.manifest().chunks().get(0).digest()).size(5, 99));
    table(Reason.LIMIT, "chunk-of-no-bytes", "has 0 bytes", t -> t.size(5, 0));
    table(
        Reason.LIMIT,
        "chunk-too-large",
        "a chunk's size as 1114113",
        t -> t.size(5, ChunkSpec.MAX_BYTES + 1));
    table(
        Reason.LIMIT,
        "block-number-huge",
        "first block as 4611686018427387904",
        t -> t.blocks(5, 1L << 62, 1));
    table(
        Reason.LIMIT,
        "blocks-huge",
        "number of blocks as 4294967296",
        t -> t.blocks(5, 0, 1L << 32));
    table(Reason.TOO_NEW, "wider-tier", "width tier 1", t -> t.tier(5, 1));
    cases.manifest(
        Reason.LIMIT,
        "chunk-count-huge",
        "number of chunks as 4611686018427387904",
        m -> m.section(11, RawTable.of(SmallPackage.manifest()).section(1L << 62)));
    cases.manifest(
        Reason.CORRUPT,
        "chunk-count-beyond-the-bytes",
        "bytes left",
        m -> m.section(11, RawTable.of(SmallPackage.manifest()).section(4 << 20)));
    cases.manifest(
        Reason.CORRUPT,
        "chunk-count-one-more",
        "",
        m -> m.section(11, RawTable.of(SmallPackage.manifest()).section(7)));
    cases.manifest(
        Reason.CORRUPT,
        "chunk-count-one-less",
        "",
        m -> m.section(11, RawTable.of(SmallPackage.manifest()).section(5)));
  }

  private void tensorTables() {
    tensors(
        Reason.CORRUPT,
        "tensors-of-one-name",
        "Two tensors are called 'planes'",
        "planes",
        1,
        1,
        1000,
        0,
        0);
    tensors(
        Reason.CORRUPT, "tensor-without-name", "a tensor's name is empty", "", 1, 1, 1000, 0, 0);
    tensors(Reason.TOO_NEW, "unknown-type", "ONNX data type 99", "vector", 99, 1, 1000, 0, 0);
    tensors(Reason.TOO_NEW, "unknown-coding", "has coding 4", "vector", 1, 4, 1000, 0, 0);
    tensors(Reason.CORRUPT, "stated-of-int8", "cannot be coded as STATED", "vector", 3, 3, 9, 0, 0);
    tensors(
        Reason.CORRUPT,
        "stated-in-groups-that-are-not-there",
        "is stated in groups 100",
        "vector",
        1,
        3,
        1000,
        4,
        0);
    tensors(
        Reason.CORRUPT,
        "stated-in-15-groups",
        "with bits 100000000000000",
        "vector",
        1,
        3,
        9,
        16_384,
        0);
    tensors(
        Reason.CORRUPT, "refinements-of-stated", "has 1 refinements", "vector", 1, 3, 1000, 0, 1);
    tensors(
        Reason.CORRUPT,
        "stated-group-without-chunk",
        "of tensor 'vector' has no chunk in group 2",
        "vector",
        1,
        3,
        1000,
        2,
        0);
    tensors(
        Reason.CORRUPT, "vector-of-int8", "cannot be coded as VECTOR", "vector", 3, 1, 1000, 0, 0);
    tensors(
        Reason.CORRUPT,
        "planes-of-int64",
        "cannot be coded as PLANES",
        "vector",
        7,
        2,
        1000,
        10,
        0);
    tensors(Reason.CORRUPT, "planes-without-rows", "has row length 0", "vector", 1, 2, 1000, 0, 0);
    tensors(
        Reason.CORRUPT, "rows-without-planes", "has row length 10", "vector", 1, 1, 1000, 10, 0);
    tensors(
        Reason.LIMIT, "row-too-long", "a row's length as 65537", "vector", 1, 2, 1000, 65_537, 0);
    tensors(
        Reason.CORRUPT,
        "refinements-without-planes",
        "has 1 refinements",
        "vector",
        1,
        1,
        1000,
        0,
        1);
    tensors(
        Reason.CORRUPT,
        "refinements-above-the-packages",
        "has 3 refinements, the package 2",
        "vector",
        1,
        2,
        1000,
        10,
        3);
    tensors(
        Reason.CORRUPT, "refinements-255", "has 255 refinements", "vector", 1, 2, 1000, 10, 255);
    tensors(
        Reason.LIMIT, "tensor-too-long", "at most 2^40 bytes", "vector", 1, 1, 1L << 38 | 1, 0, 0);
    tensors(
        Reason.LIMIT,
        "tensor-of-2-to-the-62",
        "at most 2^40 bytes",
        "vector",
        7,
        0,
        1L << 62,
        0,
        0);
    tensors(
        Reason.LIMIT, "too-many-blocks", "blocks; at most", "vector", 3, 2, 1L << 40, 65_536, 0);
    tensors(
        Reason.CORRUPT, "longer-than-its-chunks", "has no chunk", "vector", 1, 1, 1 << 20, 0, 0);
    cases.manifest(
        Reason.LIMIT,
        "tensor-count-huge",
        "number of tensors as",
        m -> m.section(5, new ByteWriter().varint(1L << 60)));
    cases.manifest(
        Reason.CORRUPT,
        "tensor-name-not-utf-8",
        "is not UTF-8",
        m -> m.section(5, new ByteWriter().varint(1).bytes(new byte[] {(byte) 0xc0, (byte) 0x80})));
    cases.manifest(
        Reason.LIMIT,
        "values-per-chunk",
        "bytes of values",
        m -> {
          m.section(5, tensorSection("vector", 1, 1, 5 << 20, 0, 0));
          m.section(
              11, RawTable.of(SmallPackage.manifest()).blocks(1, 2, 21).blocks(5, 0, 22).section());
        });
  }

  private void table(String name, String message, Consumer<RawTable> change) {
    table(Reason.CORRUPT, name, message, change);
  }

  private void table(Reason reason, String name, String message, Consumer<RawTable> change) {
    RawTable table = RawTable.of(SmallPackage.manifest());
    change.accept(table);
    cases.manifest(reason, name, message, m -> m.section(11, table.section()));
  }

  /** The tensor table with another second tensor. */
  private void tensors(
      Reason reason,
      String name,
      String message,
      String tensor,
      int type,
      int coding,
      long length,
      long row,
      int refinements) {
    cases.manifest(
        reason,
        name,
        message,
        m -> m.section(5, tensorSection(tensor, type, coding, length, row, refinements)));
  }

  static ByteWriter tensorSection(
      String tensor, int type, int coding, long length, long row, int refinements) {
    return new ByteWriter()
        .u8(3)
        .name("planes")
        .bytes(tensor.getBytes(StandardCharsets.UTF_8))
        .name("raw")
        .u8(1)
        .u8(type)
        .u8(7)
        .u8(2)
        .u8(coding)
        .u8(0)
        .varint(300_000)
        .varint(length)
        .varint(800)
        .varint(100)
        .varint(row)
        .varint(0)
        .u8(2)
        .u8(refinements)
        .u8(0);
  }
}
