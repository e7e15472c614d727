package dev.insitu.elastic;

import dev.insitu.elastic.ElasticException.Reason;

/** Exits that break a rule. */
final class HostileExits {

  private final HostileCases cases;

  private HostileExits(HostileCases cases) {
    this.cases = cases;
  }

  static void addTo(HostileCases cases) {
    HostileExits made = new HostileExits(cases);
    made.places();
    made.values();
    made.counts();
  }

  private void places() {
    section("exits-section-without-exits", "there without an exit", new ByteWriter().u8(0));
    section("exit-after-the-last-segment", "after segment 1 of 2", one(exit(1, "h", "a")));
    section("exit-after-a-missing-segment", "after segment 9 of 2", one(exit(9, "h", "a")));
    section(
        "two-exits-after-one-segment",
        "after segment 0 of 2",
        new ByteWriter().u8(2).raw(exit(0, "h", "a")).raw(exit(0, "h", "b")));
    section("bytes-after-the-exits", "1 bytes after its end", one(exit(0, "h", "a")).u8(0));
    limit(
        "exit-after-segment-huge",
        "an exit's segment",
        new ByteWriter().u8(1).varint(1L << 40).raw(new byte[6]));
  }

  private void values() {
    section("exit-reads-a-later-value", "reads 'y'", one(exit(0, "y", "a")));
    section("exit-reads-from-nowhere", "reads 'secret'", one(exit(0, "secret", "a")));
    section("exit-reads-itself", "reads 'a'", one(exit(0, "a", "a")));
    section("exit-of-a-value-there-is", "'h' of an exit was there", one(exit(0, "h", "h")));
    section("exit-of-a-later-value", "'y' of an exit was there", one(exit(0, "h", "y")));
    section("exit-of-an-input", "'x' of an exit was there", one(exit(0, "h", "x")));
    section(
        "exit-with-too-many-outputs",
        "makes 2 values, the model 1",
        one(
            new ByteWriter()
                .u8(0)
                .u8(1)
                .name("h")
                .u8(2)
                .name("a")
                .name("b")
                .raw(new byte[4])
                .toBytes()));
    section(
        "exit-without-outputs",
        "makes 0 values, the model 1",
        one(new ByteWriter().u8(0).u8(1).name("h").raw(new byte[5]).toBytes()));
  }

  private void counts() {
    section(
        "exit-refers-to-a-missing-tensor",
        "refers to tensor 3 of 3",
        one(new ByteWriter().u8(0).u8(0).u8(1).name("a").u8(1).u8(3).raw(new byte[3]).toBytes()));
    limit("exit-count-huge", "number of exits", new ByteWriter().varint(1L << 62));
    limit(
        "exit-tensor-count-huge",
        "number of tensors",
        one(new ByteWriter().u8(0).u8(0).u8(1).name("a").varint(1L << 50).toBytes()));
    limit(
        "exit-value-count-huge",
        "number of values",
        one(new ByteWriter().u8(0).varint(1L << 50).toBytes()));
    section(
        "exit-graph-longer-than-the-file",
        "bytes left",
        one(
            new ByteWriter()
                .u8(0)
                .u8(0)
                .u8(1)
                .name("a")
                .raw(new byte[3])
                .varint(200_000_000)
                .toBytes()));
  }

  private static ByteWriter one(byte[] exit) {
    return new ByteWriter().u8(1).raw(exit);
  }

  private static byte[] exit(int after, String input, String output) {
    return new ByteWriter()
        .varint(after)
        .u8(1)
        .name(input)
        .u8(1)
        .name(output)
        .raw(new byte[4])
        .toBytes();
  }

  private void section(String name, String message, ByteWriter payload) {
    cases.manifest(Reason.CORRUPT, name, message, m -> m.withMinor(1).section(15, payload));
  }

  private void limit(String name, String message, ByteWriter payload) {
    cases.manifest(Reason.LIMIT, name, message, m -> m.withMinor(1).section(15, payload));
  }
}
