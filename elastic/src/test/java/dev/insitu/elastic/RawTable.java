package dev.insitu.elastic;

import java.util.ArrayList;
import java.util.List;

/** A chunk table as columns that a test can change, with no rule in the way. */
final class RawTable {

  private final List<long[]> rows = new ArrayList<>(); // tier, group, first, length, size, error
  private final List<Digest> digests = new ArrayList<>();

  static RawTable of(Manifest manifest) {
    RawTable table = new RawTable();
    for (ChunkSpec chunk : manifest.chunks()) {
      table.add(
          chunk.digest(),
          0,
          chunk.group(),
          chunk.firstBlock(),
          chunk.endBlock() - chunk.firstBlock(),
          chunk.size(),
          Float.floatToRawIntBits(chunk.errorRemoved()) >>> 16);
    }
    return table;
  }

  RawTable add(Digest digest, long... row) {
    digests.add(digest);
    rows.add(row.clone());
    return this;
  }

  RawTable tier(int chunk, long tier) {
    return set(chunk, 0, tier);
  }

  RawTable group(int chunk, long group) {
    return set(chunk, 1, group);
  }

  RawTable blocks(int chunk, long first, long length) {
    return set(chunk, 2, first).set(chunk, 3, length);
  }

  RawTable size(int chunk, long size) {
    return set(chunk, 4, size);
  }

  RawTable error(int chunk, float error) {
    return set(chunk, 5, Float.floatToRawIntBits(error) >>> 16);
  }

  RawTable digest(int chunk, Digest digest) {
    digests.set(chunk, digest);
    return this;
  }

  RawTable remove(int chunk) {
    rows.remove(chunk);
    digests.remove(chunk);
    return this;
  }

  RawTable swap(int a, int b) {
    java.util.Collections.swap(rows, a, b);
    java.util.Collections.swap(digests, a, b);
    return this;
  }

  private RawTable set(int chunk, int column, long value) {
    rows.get(chunk)[column] = value;
    return this;
  }

  ByteWriter section() {
    return section(rows.size());
  }

  /** The section, claiming another number of rows. */
  ByteWriter section(long count) {
    ByteWriter out = new ByteWriter().varint(count);
    rows.forEach(row -> out.u8((int) row[0]));
    rows.forEach(row -> out.u8((int) row[1]));
    for (int column = 2; column < 5; column++) {
      int of = column;
      rows.forEach(row -> out.varint(row[of]));
    }
    rows.forEach(row -> out.u16((int) row[5]));
    digests.forEach(out::digest);
    return out;
  }
}
