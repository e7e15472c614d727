package dev.insitu.elastic;

import dev.insitu.elastic.ElasticException.Reason;

/** Narrower forms and joined tensors that break a rule. */
final class HostileWidths {

  private final HostileCases cases;

  private HostileWidths(HostileCases cases) {
    this.cases = cases;
  }

  static void addTo(HostileCases cases) {
    HostileWidths made = new HostileWidths(cases);
    made.axes();
    made.joinedTensors();
    made.shares();
    made.topologies();
    made.counts();
  }

  private void axes() {
    corrupt("axis-with-an-index-twice", "and twice", axes(axis(0, 0, 0, 0)));
    corrupt("axis-with-an-index-beyond", "has index 2", axes(axis(0, 0, 2, 0)));
    corrupt("axis-of-nothing", "has 0 indices", axes(axis()));
    corrupt("axis-without-the-narrowest", "narrowest width has no index", axes(axis(0, 1, 1, 1)));
    corrupt("axis-of-a-missing-width", "the widths are 0 to 1", axes(axis(0, 0, 1, 2)));
    corrupt("axis-of-width-200", "from width 200", axes(axis(0, 0, 1, 200)));
  }

  private void joinedTensors() {
    ByteWriter halves = axis(1, 0, 0, 1);
    corrupt("joined-without-an-axis", "axes -1 and -1", joined(halves, 0, 5, 0, 1, 0, 1));
    corrupt("joined-of-no-elements", "0 elements", joined(halves, 1, -1, 0, 0, 0, 1));
    corrupt("joined-of-no-rows", "0 rows", joined(halves, 0, 0, 1, 1, 0, 1));
    limit("joined-of-a-missing-axis", "an axis of rows", joined(halves, 2, -1, 0, 1, 0, 1));
    corrupt("joined-of-too-few-parts", "has 1 parts", joined(halves, 1, -1, 0, 500, 1));
    corrupt("joined-of-too-many-parts", "has 3 parts", joined(halves, 1, -1, 0, 500, 1, 0, 2));
    corrupt("joined-of-a-missing-tensor", "tensor 3 of 3", joined(halves, 1, -1, 0, 1000, 1, 3));
    corrupt(
        "joined-of-one-tensor-twice", "can be a part once", joined(halves, 1, -1, 0, 1000, 1, 1));
    corrupt("joined-of-other-lengths", "of 1 columns of 40", joined(halves, 1, -1, 0, 10, 1, 0));
    corrupt("joined-of-other-types", "tensor of type", joined(halves, 1, -1, 0, 1000, 1, 2));
    corrupt(
        "joined-of-lengths-that-overflow",
        "rows of 1 columns",
        joined(halves, 0, Integer.MAX_VALUE, 1, Integer.MAX_VALUE, 1, 0));
    corrupt(
        "joined-of-which-a-form-uses-too-much",
        "uses some of the parts",
        fit(new ByteWriter().raw(form(500, 0, 1).toBytes())));
    corrupt(
        "joined-of-which-a-form-uses-too-little",
        "uses some of the parts",
        fit(new ByteWriter().raw(form(500, 0, 2).toBytes())));
  }

  /** A tensor of 301 rows: one comes with the narrowest width as tensor 1, 300 later as 0. */
  private static ByteWriter fit(ByteWriter form) {
    ByteWriter axis = new ByteWriter().varint(301);
    for (int i = 0; i < 301; i++) {
      axis.varint(i);
    }
    axis.u8(0).raw(HostileCases.bytes(1, 300));
    return new ByteWriter()
        .u8(1)
        .raw(axis.toBytes())
        .u8(1)
        .raw(joinedTensor(1, -1, 0, 1000, 1, 0).toBytes())
        .u8(1)
        .raw(form.toBytes());
  }

  private void shares() {
    corrupt("widths-section-without-widths", "there without a width", forms());
    corrupt("form-of-no-width", "has 0 of 1000", forms(form(0, 0, 1)));
    corrupt("form-of-the-whole-width", "has 1000 of 1000", forms(form(1000, 0, 1)));
    corrupt("forms-of-one-width", "ascend strictly", forms(form(500, 0, 1), form(500, 0, 1)));
    corrupt("forms-that-descend", "ascend strictly", forms(form(500, 0, 1), form(400, 0, 1)));
    corrupt("bytes-after-the-widths", "1 bytes after", forms(form(500, 0, 1)).u8(0));
  }

  private void topologies() {
    corrupt(
        "form-of-fewer-segments",
        "has 1 segments and 0 exits; the whole width has 2 and 0",
        forms(begin(segment("x", "y", 0)).u8(0).u8(0)));
    corrupt(
        "form-with-an-exit-of-its-own",
        "has 2 segments and 1 exits",
        forms(
            begin(segment("x", "h", 0), segment("h", "y", 1))
                .u8(1)
                .u8(0)
                .raw(segment("h", "a", 1).toBytes())
                .u8(0)));
    corrupt(
        "form-reads-from-nowhere",
        "reads 'secret'",
        forms(begin(segment("x", "h", 0), segment("secret", "y", 1)).u8(0).u8(0)));
    corrupt(
        "form-without-the-output",
        "output 'y'",
        forms(begin(segment("x", "h", 0), segment("h", "z", 1)).u8(0).u8(0)));
    corrupt("form-refers-to-a-missing-tensor", "to tensor 3 of 3", forms(form(500, 3, 1)));
  }

  private void counts() {
    limit("axis-count-huge", "number of axes", new ByteWriter().varint(1L << 62));
    limit("index-count-huge", "number of indices", new ByteWriter().u8(1).varint(1L << 40));
    corrupt("index-count-beyond-the-bytes", "only", new ByteWriter().u8(1).varint(1 << 19).u8(0));
    limit("joined-count-huge", "number of joined", new ByteWriter().u8(0).varint(1L << 40));
    limit(
        "part-count-huge",
        "number of parts",
        new ByteWriter().u8(1).raw(axis(0, 0).toBytes()).u8(1).u8(1).u8(0).u8(1).varint(1 << 20));
    ByteWriter nothing = new ByteWriter().u8(0).u8(0);
    limit("width-count-huge", "number of widths", copy(nothing).varint(1L << 40));
    limit("width-count-of-17", "number of widths", copy(nothing).u8(17).raw(new byte[99]));
    limit("width-beyond-the-whole", "a width", copy(nothing).u8(1).varint(1001).raw(new byte[9]));
    limit(
        "form-segment-count-huge",
        "number of segments",
        copy(nothing).u8(1).varint(500).varint(1L << 40));
    corrupt(
        "form-graph-longer-than-the-file",
        "bytes left",
        forms(begin(segment("x", "h", 0), segment("h", "y", 1)).u8(0).varint(200_000_000)));
  }

  private static ByteWriter copy(ByteWriter some) {
    return new ByteWriter().raw(some.toBytes());
  }

  /** An axis of pairs of index and width. */
  private static ByteWriter axis(int... pairs) {
    ByteWriter out = new ByteWriter().u8(pairs.length / 2);
    for (int i = 0; i < pairs.length; i += 2) {
      out.varint(pairs[i]);
    }
    for (int i = 1; i < pairs.length; i += 2) {
      out.u8(pairs[i]);
    }
    return out;
  }

  private static ByteWriter axes(ByteWriter axis) {
    return new ByteWriter().u8(1).raw(axis.toBytes()).u8(0).u8(1).raw(form(500, 0, 1).toBytes());
  }

  private static ByteWriter joined(
      ByteWriter axis, int rows, int plain, int columns, int inner, int... parts) {
    return new ByteWriter()
        .u8(1)
        .raw(axis.toBytes())
        .u8(1)
        .raw(joinedTensor(rows, plain, columns, inner, parts).toBytes())
        .u8(1)
        .raw(form(500, 0, 1).toBytes());
  }

  /**
   * A joined tensor.
   *
   * @param plain number of rows; left out if negative
   */
  private static ByteWriter joinedTensor(
      int rows, int plain, int columns, int inner, int... parts) {
    ByteWriter out = new ByteWriter().varint(rows);
    if (plain >= 0) {
      out.varint(plain);
    }
    out.varint(columns).varint(inner).u8(parts.length);
    for (int part : parts) {
      out.varint(part);
    }
    return out;
  }

  /** A form of the small package's two segments, each of which uses one tensor. */
  private static ByteWriter form(int permille, int first, int second) {
    ByteWriter out = new ByteWriter().varint(permille).u8(2);
    out.raw(segment("x", "h", first).toBytes()).raw(segment("h", "y", second).toBytes());
    return out.u8(0).u8(0);
  }

  /** The beginning of a form of these segments: exits and fused graph follow. */
  private static ByteWriter begin(ByteWriter... segments) {
    ByteWriter out = new ByteWriter().varint(500).u8(segments.length);
    for (ByteWriter segment : segments) {
      out.raw(segment.toBytes());
    }
    return out;
  }

  private static ByteWriter segment(String input, String output, int tensor) {
    ByteWriter out = new ByteWriter().u8(1).name(input).u8(1).name(output);
    return out.u8(1).u8(tensor).raw(new byte[3]);
  }

  private static ByteWriter forms(ByteWriter... forms) {
    ByteWriter out = new ByteWriter().u8(0).u8(0).u8(forms.length);
    for (ByteWriter form : forms) {
      out.raw(form.toBytes());
    }
    return out;
  }

  private void corrupt(String name, String message, ByteWriter payload) {
    cases.manifest(Reason.CORRUPT, name, message, m -> m.withMinor(2).section(17, payload));
  }

  private void limit(String name, String message, ByteWriter payload) {
    cases.manifest(Reason.LIMIT, name, message, m -> m.withMinor(2).section(17, payload));
  }
}
