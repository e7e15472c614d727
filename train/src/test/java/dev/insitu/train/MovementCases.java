package dev.insitu.train;

import java.util.List;

/** Operators that move elements or look them up. */
final class MovementCases {

  private final OperatorCases cases;

  private MovementCases(OperatorCases cases) {
    this.cases = cases;
  }

  static void addTo(OperatorCases cases) {
    MovementCases some = new MovementCases(cases);
    some.shapes();
    some.slices();
    some.indices();
  }

  private void shapes() {
    cases.smooth("Reshape", o -> OneNode.of("Reshape").real(2, 3, 4).longs(0, -1));
    cases.smooth("Flatten", o -> OneNode.of("Flatten").real(2, 3, 4));
    cases.smooth("Flatten 0", o -> OneNode.of("Flatten").real(2, 3, 4).with("axis", 0));
    cases.smooth(
        "Squeeze",
        o ->
            o < 13
                ? OneNode.of("Squeeze").real(2, 1, 3, 1).ints("axes", 1)
                : OneNode.of("Squeeze").real(2, 1, 3, 1).longs(-3));
    cases.smooth("Squeeze all", o -> OneNode.of("Squeeze").real(2, 1, 3, 1));
    cases.smooth(
        "Unsqueeze",
        o ->
            o < 13
                ? OneNode.of("Unsqueeze").real(2, 3).ints("axes", 0, 3)
                : OneNode.of("Unsqueeze").real(2, 3).longs(0, -1));
    cases.smooth("Transpose", o -> OneNode.of("Transpose").real(2, 3, 4));
    cases.smooth(
        "Transpose order", o -> OneNode.of("Transpose").real(2, 3, 4).ints("perm", 1, 2, 0));
    cases.smooth("Expand", 9, o -> OneNode.of("Expand").real(3, 1).longs(2, 1, 4));
    cases.smooth("Tile", 9, o -> OneNode.of("Tile").real(2, 3).longs(2, 3));
    cases.smooth(
        "DepthToSpace", o -> OneNode.of("DepthToSpace").real(1, 8, 2, 3).with("blocksize", 2));
    cases.smooth(
        "DepthToSpace CRD",
        11,
        o -> OneNode.of("DepthToSpace").real(1, 8, 2, 3).with("blocksize", 2).with("mode", "CRD"));
    cases.smooth(
        "SpaceToDepth", o -> OneNode.of("SpaceToDepth").real(1, 2, 4, 6).with("blocksize", 2));
  }

  private void slices() {
    cases.smooth(
        "Concat", o -> OneNode.of("Concat").real(2, 3).real(2, 1).real(2, 2).with("axis", 1));
    cases.smooth(
        "Slice",
        o ->
            o < 10
                ? OneNode.of("Slice")
                    .real(4, 5)
                    .ints("starts", 1, -3)
                    .ints("ends", 3, 1000)
                    .ints("axes", 0, 1)
                : OneNode.of("Slice")
                    .real(4, 5)
                    .longs(1, -3)
                    .longs(3, Long.MAX_VALUE)
                    .longs(0, 1)
                    .longs(1, 2));
    cases.smooth(
        "Slice backwards",
        11,
        o -> OneNode.of("Slice").real(4, 5).longs(-1).longs(Long.MIN_VALUE).longs(1).longs(-2));
    cases.smooth(
        "Pad",
        o ->
            o < 11
                ? OneNode.of("Pad").real(2, 3, 4).ints("pads", 0, 1, 2, 0, 0, 1).with("value", 0.5f)
                : OneNode.of("Pad").real(2, 3, 4).longs(0, 1, 2, 0, 0, 1).one(0.5f));
    cases.smooth(
        "Pad axes", 18, o -> OneNode.of("Pad").real(2, 3, 4).longs(1, 2).one(0f).longs(-1));
    for (String mode : List.of("reflect", "edge")) {
      cases.smooth(
          "Pad " + mode,
          o ->
              o < 11
                  ? OneNode.of("Pad")
                      .real(2, 3, 4)
                      .ints("pads", 0, 1, 2, 0, 0, 1)
                      .with("mode", mode)
                  : OneNode.of("Pad").real(2, 3, 4).longs(0, 1, 2, 0, 0, 1).with("mode", mode));
    }
    cases.smooth(
        "Pad wrap",
        21,
        o -> OneNode.of("Pad").real(2, 3, 4).longs(0, 1, 2, 0, 0, 1).with("mode", "wrap"));
    cases.smooth(
        "Split",
        o ->
            o < 13
                ? OneNode.of("Split").real(2, 6).ints("split", 1, 2, 3).with("axis", 1).outputs(3)
                : OneNode.of("Split").real(2, 6).longs(1, 2, 3).with("axis", 1).outputs(3));
    cases.smooth(
        "Split evenly",
        o ->
            o < 18
                ? OneNode.of("Split").real(6, 2).outputs(3)
                : OneNode.of("Split").real(5, 2).with("num_outputs", 3).outputs(3));
  }

  private void indices() {
    cases.smooth(
        "Gather", o -> OneNode.of("Gather").real(4, 3).constant(new long[] {2, 2}, 1, 3, 0, 1));
    cases.smooth(
        "Gather axis",
        11,
        o -> OneNode.of("Gather").real(2, 4, 3).constant(new long[] {3}, -1, 2, 2).with("axis", 1));
    cases.smooth("Gather one", o -> OneNode.of("Gather").real(4, 3).one(2).with("axis", 1));
    cases.rough(
        "Gather integers",
        7,
        o -> OneNode.of("Gather").fedLongs(new long[] {3}, 5, 6, 7).longs(2, 0));
    cases.smooth(
        "GatherElements",
        11,
        o ->
            OneNode.of("GatherElements").real(3, 3).constant(new long[] {2, 3}, 1, 2, 0, 2, 0, -1));
    cases.rough("Shape", 7, o -> OneNode.of("Shape").real(2, 3, 4));
    cases.rough(
        "Shape part", 17, o -> OneNode.of("Shape").real(2, 3, 4).with("start", 1).with("end", -1));
    cases.rough("Size", 7, o -> OneNode.of("Size").real(2, 3, 4));
    cases.rough("ConstantOfShape", 9, o -> OneNode.of("ConstantOfShape").longs(2, 3).value(0.5f));
    cases.rough("Range", 11, o -> OneNode.of("Range").one(7L).one(-2L).one(-4L));
    cases.rough("Range of reals", 11, o -> OneNode.of("Range").one(0.5f).one(2f).one(0.25f));
    for (String op : List.of("ArgMax", "ArgMin")) {
      cases.rough(op, 7, o -> OneNode.of(op).real(3, 4).with("axis", 1).with("keepdims", 0));
    }
  }
}
