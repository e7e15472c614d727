package dev.insitu.elastic;

import dev.insitu.elastic.ElasticException.Reason;

/** Narrower forms that break a rule. */
final class HostileWidths {

  private final HostileCases cases;

  private HostileWidths(HostileCases cases) {
    this.cases = cases;
  }

  static void addTo(HostileCases cases) {
    HostileWidths made = new HostileWidths(cases);
    made.orders();
    made.shares();
    made.topologies();
    made.counts();
  }

  private void orders() {
    section("order-with-a-channel-twice", "channel 0 twice", table(order(0, 0), form(500, 1)));
    section("order-beyond-its-channels", "holds channel 2", table(order(0, 2), form(500, 1)));
    section("form-keeps-no-channel", "keeps 0 channels", table(order(0, 1), form(500, 0)));
    section("form-keeps-too-many-channels", "keeps 3 channels", table(order(0, 1), form(500, 3)));
    section(
        "wider-form-keeps-fewer-channels",
        "the narrower one keeps 2",
        table(order(0, 1), form(500, 2), form(600, 1)));
  }

  private void shares() {
    section("widths-section-without-widths", "there without a width", table(order(0, 1)));
    section("form-of-no-width", "has 0 of 1000", table(order(0, 1), form(0, 1)));
    section("form-of-the-whole-width", "has 1000 of 1000", table(order(0, 1), form(1000, 1)));
    section(
        "forms-of-one-width", "ascend strictly", table(order(0, 1), form(500, 1), form(500, 1)));
    section(
        "forms-that-descend", "ascend strictly", table(order(0, 1), form(500, 1), form(400, 1)));
    section("bytes-after-the-widths", "1 bytes after", table(order(0, 1), form(500, 1)).u8(0));
  }

  private void topologies() {
    section(
        "form-of-fewer-segments",
        "has 1 segments and 0 exits; the whole width has 2 and 0",
        table(order(0, 1), form(1, segment("x", "y", 0)).u8(0).u8(0)));
    section(
        "form-with-an-exit-of-its-own",
        "has 2 segments and 1 exits",
        table(
            order(0, 1),
            form(2, segment("x", "h", 0), segment("h", "y", 1))
                .u8(1)
                .u8(0)
                .raw(segment("h", "a", 1).toBytes())
                .u8(0)));
    section(
        "form-reads-from-nowhere",
        "reads 'secret'",
        table(order(0, 1), form(2, segment("x", "h", 0), segment("secret", "y", 1)).u8(0).u8(0)));
    section(
        "form-without-the-output",
        "output 'y'",
        table(order(0, 1), form(2, segment("x", "h", 0), segment("h", "z", 1)).u8(0).u8(0)));
    section(
        "form-refers-to-a-missing-tensor",
        "refers to tensor 3 of 3",
        table(order(0, 1), form(2, segment("x", "h", 3), segment("h", "y", 1)).u8(0).u8(0)));
  }

  private void counts() {
    limit("channel-group-count-huge", "number of channel groups", number(1L << 62));
    limit("channel-count-huge", "number of channels", new ByteWriter().u8(1).varint(1L << 40));
    section(
        "channel-count-beyond-the-bytes",
        "with only",
        new ByteWriter().u8(1).varint(1 << 19).u8(0));
    limit("width-count-huge", "number of widths", new ByteWriter().u8(0).varint(1L << 40));
    limit("width-count-of-17", "number of widths", new ByteWriter().u8(0).u8(17).raw(new byte[99]));
    limit(
        "width-beyond-the-whole",
        "a width",
        new ByteWriter().u8(0).u8(1).varint(1001).raw(new byte[9]));
    limit(
        "form-segment-count-huge",
        "number of segments",
        new ByteWriter().u8(0).u8(1).varint(500).varint(1L << 40));
    section(
        "form-graph-longer-than-the-file",
        "bytes left",
        table(
            order(0, 1),
            form(2, segment("x", "h", 0), segment("h", "y", 1)).u8(0).varint(200_000_000)));
  }

  private static ByteWriter number(long value) {
    return new ByteWriter().varint(value).raw(new byte[20]);
  }

  private static ByteWriter order(int... channels) {
    ByteWriter out = new ByteWriter().u8(channels.length);
    for (int channel : channels) {
      out.varint(channel);
    }
    return out;
  }

  /** A form of the small package's two segments that keeps so many channels. */
  private static ByteWriter form(int permille, int kept) {
    return new ByteWriter()
        .varint(permille)
        .varint(kept)
        .u8(2)
        .raw(segment("x", "h", 0).toBytes())
        .raw(segment("h", "y", 1).toBytes())
        .u8(0)
        .u8(0);
  }

  /** The beginning of a form of these segments: exits and fused graph follow. */
  private static ByteWriter form(int count, ByteWriter... segments) {
    ByteWriter out = new ByteWriter().varint(500).u8(1).u8(count);
    for (ByteWriter segment : segments) {
      out.raw(segment.toBytes());
    }
    return out;
  }

  private static ByteWriter segment(String input, String output, int tensor) {
    ByteWriter out = new ByteWriter().u8(1).name(input).u8(1).name(output);
    return out.u8(1).u8(tensor).raw(new byte[3]);
  }

  private static ByteWriter table(ByteWriter order, ByteWriter... forms) {
    ByteWriter out = new ByteWriter().u8(1).raw(order.toBytes()).u8(forms.length);
    for (ByteWriter form : forms) {
      out.raw(form.toBytes());
    }
    return out;
  }

  private void section(String name, String message, ByteWriter payload) {
    cases.manifest(Reason.CORRUPT, name, message, m -> m.withMinor(2).section(17, payload));
  }

  private void limit(String name, String message, ByteWriter payload) {
    cases.manifest(Reason.LIMIT, name, message, m -> m.withMinor(2).section(17, payload));
  }
}
