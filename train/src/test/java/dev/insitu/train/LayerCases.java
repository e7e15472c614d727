package dev.insitu.train;

import java.util.List;

/** Operators that are layers of networks for pictures. */
final class LayerCases {

  private final OperatorCases cases;

  private LayerCases(OperatorCases cases) {
    this.cases = cases;
  }

  static void addTo(OperatorCases cases) {
    LayerCases some = new LayerCases(cases);
    some.convolutions();
    some.normalisations();
    some.pooling();
    some.resizing();
  }

  private void convolutions() {
    cases.smooth(
        "Conv",
        o ->
            OneNode.of("Conv")
                .real(2, 3, 6, 5)
                .real(4, 3, 3, 2)
                .real(4)
                .ints("kernel_shape", 3, 2));
    cases.smooth(
        "Conv all",
        o ->
            OneNode.of("Conv")
                .real(1, 4, 9, 8)
                .real(6, 2, 3, 3)
                .ints("pads", 1, 2, 3, 0)
                .ints("strides", 2, 1)
                .ints("dilations", 1, 2)
                .with("group", 2));
    cases.smooth(
        "Conv depthwise",
        o ->
            OneNode.of("Conv")
                .real(2, 3, 5, 5)
                .real(3, 1, 3, 3)
                .real(3)
                .ints("pads", 1, 1, 1, 1)
                .with("group", 3));
    for (String auto : List.of("SAME_UPPER", "SAME_LOWER", "VALID")) {
      cases.smooth(
          "Conv " + auto,
          o ->
              OneNode.of("Conv")
                  .real(1, 2, 7, 6)
                  .real(3, 2, 3, 2)
                  .with("auto_pad", auto)
                  .ints("strides", 2, 2));
    }
    cases.smooth("Conv 1d", o -> OneNode.of("Conv").real(2, 3, 9).real(4, 3, 3).ints("pads", 1, 1));
    cases.smooth("Conv 3d", 11, o -> OneNode.of("Conv").real(1, 2, 4, 4, 4).real(2, 2, 2, 2, 2));
    cases.smooth(
        "ConvTranspose",
        o -> OneNode.of("ConvTranspose").real(2, 3, 4, 3).real(3, 2, 3, 2).real(2));
    cases.smooth(
        "ConvTranspose all",
        o ->
            OneNode.of("ConvTranspose")
                .real(1, 4, 4, 3)
                .real(4, 3, 3, 3)
                .ints("pads", 1, 0, 1, 2)
                .ints("strides", 2, 3)
                .ints("output_padding", 1, 0)
                .with("group", 2));
    cases.smooth(
        "ConvTranspose dilated",
        o -> OneNode.of("ConvTranspose").real(1, 2, 4, 3).real(2, 3, 2, 2).ints("dilations", 2, 1));
    cases.smooth(
        "ConvTranspose shape",
        11,
        o ->
            OneNode.of("ConvTranspose")
                .real(1, 2, 4, 3)
                .real(2, 3, 3, 3)
                .ints("strides", 2, 2)
                .ints("output_shape", 8, 6));
    cases.smooth(
        "ConvTranspose 1d",
        o -> OneNode.of("ConvTranspose").real(1, 2, 5).real(2, 3, 4).ints("strides", 2));
  }

  private void normalisations() {
    cases.smooth(
        "BatchNormalization",
        9,
        o ->
            OneNode.of("BatchNormalization")
                .real(2, 3, 4, 4)
                .real(3)
                .real(3)
                .floats(0.1f, -0.2f, 0.3f)
                .floats(1, 2, 0.5f)
                .with("epsilon", 1e-3f));
    cases.smooth(
        "InstanceNormalization",
        o -> OneNode.of("InstanceNormalization").real(2, 3, 4, 4).real(3).real(3));
    cases.smooth(
        "LayerNormalization",
        17,
        o -> OneNode.of("LayerNormalization").real(2, 3, 4).real(4).real(4));
    cases.smooth(
        "LayerNormalization axis",
        17,
        o ->
            OneNode.of("LayerNormalization")
                .real(2, 3, 4)
                .real(3, 4)
                .with("axis", 1)
                .with("epsilon", 1e-2f));
    cases.smooth(
        "GroupNormalization",
        18,
        o ->
            OneNode.of("GroupNormalization")
                .real(2, 4, 3, 3)
                .real(o < 21 ? 2 : 4)
                .real(o < 21 ? 2 : 4)
                .with("num_groups", 2));
    cases.smooth("RMSNormalization", 23, o -> OneNode.of("RMSNormalization").real(2, 3, 4).real(4));
    cases.smooth(
        "LRN",
        o ->
            OneNode.of("LRN")
                .real(1, 6, 3, 3)
                .with("size", 3)
                .with("alpha", 0.5f)
                .with("beta", 0.6f)
                .with("bias", 2f));
  }

  private void pooling() {
    for (String op : List.of("MaxPool", "AveragePool")) {
      cases.smooth(
          op,
          o ->
              OneNode.of(op)
                  .real(1, 2, 7, 6)
                  .ints("kernel_shape", 3, 2)
                  .ints("strides", 2, 2)
                  .ints("pads", 1, 0, 1, 0));
      cases.smooth(
          op + " 1d", o -> OneNode.of(op).real(1, 2, 9).ints("kernel_shape", 3).ints("strides", 2));
      cases.smooth(
          op + " uneven",
          o -> OneNode.of(op).real(1, 2, 7, 6).ints("kernel_shape", 3, 3).ints("pads", 0, 1, 2, 1));
      cases.smooth(
          op + " same",
          o ->
              OneNode.of(op)
                  .real(1, 2, 7, 6)
                  .ints("kernel_shape", 3, 3)
                  .ints("strides", 2, 2)
                  .with("auto_pad", "SAME_UPPER"));
      cases.smooth(
          op + " ceil",
          11,
          o ->
              OneNode.of(op)
                  .real(1, 2, 8, 7)
                  .ints("kernel_shape", 3, 3)
                  .ints("strides", 2, 2)
                  .with("ceil_mode", 1));
      cases.smooth(
          op + " ceil and pads",
          11,
          o ->
              OneNode.of(op)
                  .real(1, 2, 8, 7)
                  .ints("kernel_shape", 3, 3)
                  .ints("strides", 2, 2)
                  .ints("pads", 1, 1, 1, 1)
                  .with("ceil_mode", 1));
    }
    cases.smooth(
        "MaxPool dilated",
        11,
        o ->
            OneNode.of("MaxPool")
                .real(1, 2, 8, 7)
                .ints("kernel_shape", 2, 3)
                .ints("dilations", 2, 1)
                .ints("pads", 1, 1, 0, 0));
    cases.smooth(
        "AveragePool counted",
        o ->
            OneNode.of("AveragePool")
                .real(1, 2, 7, 6)
                .ints("kernel_shape", 3, 3)
                .ints("pads", 1, 1, 1, 1)
                .with("count_include_pad", 1));
    cases.smooth(
        "AveragePool counted and uneven",
        o ->
            OneNode.of("AveragePool")
                .real(1, 2, 7, 6)
                .ints("kernel_shape", 3, 3)
                .ints("pads", 0, 1, 2, 1)
                .with("count_include_pad", 1));
    cases.smooth("GlobalAveragePool", o -> OneNode.of("GlobalAveragePool").real(2, 3, 4, 5));
    cases.smooth("GlobalMaxPool", o -> OneNode.of("GlobalMaxPool").real(2, 3, 4, 5));
  }

  private void resizing() {
    cases.add(
        "Upsample",
        7,
        9,
        true,
        o ->
            o < 9
                ? OneNode.of("Upsample").real(1, 2, 3, 2).reals("scales", 1, 1, 2, 3)
                : OneNode.of("Upsample").real(1, 2, 3, 2).floats(1, 1, 2, 3));
    cases.smooth(
        "Resize doubles",
        11,
        o -> OneNode.of("Resize").real(1, 2, 3, 2).floats().floats(1, 1, 2, 3));
    for (String coordinates :
        List.of("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel")) {
      for (String rounding : List.of("floor", "ceil", "round_prefer_floor", "round_prefer_ceil")) {
        cases.smooth(
            "Resize nearest " + coordinates + " " + rounding,
            11,
            o ->
                OneNode.of("Resize")
                    .real(1, 2, 5, 4)
                    .floats()
                    .floats()
                    .longs(1, 2, 7, 3)
                    .with("coordinate_transformation_mode", coordinates)
                    .with("nearest_mode", rounding));
      }
      cases.smooth(
          "Resize linear " + coordinates,
          11,
          o ->
              OneNode.of("Resize")
                  .real(1, 2, 5, 4)
                  .floats()
                  .floats(1, 1, 1.7f, 0.6f)
                  .with("mode", "linear")
                  .with("coordinate_transformation_mode", coordinates));
    }
    cases.smooth(
        "Resize axes",
        18,
        o ->
            OneNode.of("Resize")
                .real(1, 2, 5, 4)
                .absent()
                .absent()
                .longs(8, 8)
                .ints("axes", 2, 3)
                .with("mode", "linear"));
  }
}
