package dev.insitu.model.width;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import dev.insitu.model.Onnx;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One small model for each way in which convolutions' channels hang together. */
class PatternsTest {

  @TempDir Path folder;

  private static Net picture(int opset) {
    return new Net(opset, 1, 3, 6, 6);
  }

  /** The last layer, whose channels are the model's. */
  private static Net head(Net net, String in, int channels) {
    return net.conv(in, "y", channels, 2).output(1, 2, 6, 6);
  }

  @Test
  void chainOfConvolutions() throws IOException, OrtException {
    List<ChannelGroup> groups =
        head(picture(17).conv("x", "a", 3, 8).node("Relu", "a", "b").conv("b", "c", 8, 12), "c", 12)
            .check(folder, 8, 12);
    ChannelGroup first = groups.getFirst();
    assertEquals(1, first.slots(SlotRole.OUTPUT).size());
    assertEquals("c.w", first.slots(SlotRole.INPUT).getFirst().weight());
    assertEquals("a.b", first.slots(SlotRole.VECTOR).getFirst().weight());
  }

  @Test
  void residualTiesBothSides() throws IOException, OrtException {
    head(
            picture(17)
                .conv("x", "a", 3, 8)
                .conv("a", "b", 8, 5)
                .node("Relu", "b", "c")
                .conv("c", "d", 5, 8)
                .node("Add", "a d", "e"),
            "e",
            8)
        .check(folder, 5, 8);
  }

  @Test
  void batchNormAndSlopesGoAlong() throws IOException, OrtException {
    List<ChannelGroup> groups =
        head(
                picture(17)
                    .conv("x", "a", 3, 8)
                    .random("scale", 8)
                    .random("bias", 8)
                    .random("mean", 8)
                    .add(positive("var", 8))
                    .node("BatchNormalization", "a scale bias mean var", "b")
                    .random("slope", 8, 1, 1)
                    .node("PRelu", "b slope", "c"),
                "c",
                8)
            .check(folder, 8);
    assertEquals("scale", groups.getFirst().slots(SlotRole.SCALE).getFirst().weight());
    assertEquals(8, groups.getFirst().slots().size());
  }

  private static dev.insitu.model.proto.TensorProto.Builder positive(String name, int size) {
    var tensor = Onnx.tensor(name, Onnx.FLOAT, size);
    for (int i = 0; i < size; i++) {
      tensor.addFloatData(1 + i / 10f);
    }
    return tensor;
  }

  @Test
  void depthwiseTiesInputAndOutput() throws IOException, OrtException {
    head(picture(17).conv("x", "a", 3, 8).grouped("a", "b", 8, 8, 8), "b", 8).check(folder, 8);
  }

  @Test
  void depthwiseWithSeveralKernelsForEachChannel() throws IOException, OrtException {
    head(picture(17).conv("x", "a", 3, 6).grouped("a", "b", 6, 12, 6), "b", 12).check(folder, 6);
  }

  @Test
  void groupedConvolutionLosesWholeGroups() throws IOException, OrtException {
    head(picture(17).conv("x", "a", 3, 12).grouped("a", "b", 12, 8, 4), "b", 8).check(folder, 4);
  }

  @Test
  void groupedConvolutionOfTheInputStays() throws IOException, OrtException {
    head(picture(17).grouped("x", "a", 3, 9, 3), "a", 9).check(folder);
  }

  @Test
  void transposedConvolution() throws IOException, OrtException {
    head(
            picture(17)
                .conv("x", "a", 3, 8)
                .random("t", 8, 6, 1, 1)
                .node("ConvTranspose", "a t", "b"),
            "b",
            6)
        .check(folder, 6, 8);
  }

  @Test
  void groupedTransposedConvolution() throws IOException, OrtException {
    head(
            picture(17)
                .conv("x", "a", 3, 8)
                .random("t", 8, 3, 1, 1)
                .random("tb", 12)
                .node("ConvTranspose", "a t tb", "b", Onnx.attribute("group", 4L)),
            "b",
            12)
        .check(folder, 4);
  }

  @Test
  void concatKeepsItsPartsApart() throws IOException, OrtException {
    head(
            picture(17)
                .conv("x", "a", 3, 4)
                .conv("x", "b", 3, 6)
                .node("Concat", "a x b", "c", Onnx.attribute("axis", 1L)),
            "c",
            13)
        .check(folder, 4, 6);
  }

  @Test
  void squeezeAndExcite() throws IOException, OrtException {
    head(
            picture(17)
                .conv("x", "a", 3, 8)
                .node("GlobalAveragePool", "a", "p")
                .random("s1", 4, 8, 1, 1)
                .node("Conv", "p s1", "q")
                .node("Relu", "q", "r")
                .random("s2", 8, 4, 1, 1)
                .node("Conv", "r s2", "s")
                .node("Sigmoid", "s", "t")
                .node("Mul", "a t", "u"),
            "u",
            8)
        .check(folder, 4, 8);
  }

  @Test
  void splitByAttributeIsCorrected() throws IOException, OrtException {
    Net net =
        picture(11)
            .conv("x", "a", 3, 10)
            .node("Split", "a", "b c", Onnx.attribute("axis", 1L), Onnx.attribute("split", 4, 6))
            .node("Tanh", "c", "d")
            .node("Concat", "d b", "e", Onnx.attribute("axis", 1L));
    head(net, "e", 10).check(folder, 4, 6);
  }

  @Test
  void splitByInputIsCorrected() throws IOException, OrtException {
    Net net =
        picture(13)
            .conv("x", "a", 3, 10)
            .longs("sizes", 4, 6)
            .node("Split", "a sizes", "b c", Onnx.attribute("axis", 1L))
            .conv("c", "d", 6, 4)
            .node("Add", "b d", "e");
    head(net, "e", 4).check(folder, 4, 6);
  }

  @Test
  void equalSplitGetsSizes() throws IOException, OrtException {
    Net net =
        picture(18)
            .conv("x", "a", 3, 10)
            .node(
                "Split", "a", "b c", Onnx.attribute("axis", 1L), Onnx.attribute("num_outputs", 2L))
            .node("Sigmoid", "b", "d")
            .node("Concat", "d c", "e", Onnx.attribute("axis", 1L));
    head(net, "e", 10).check(folder, 5, 5);
  }

  @Test
  void gatedHalvesGoTogether() throws IOException, OrtException {
    Net net =
        picture(13)
            .conv("x", "a", 3, 10)
            .node("Split", "a", "b c", Onnx.attribute("axis", 1L))
            .node("Sigmoid", "b", "d")
            .node("Mul", "d c", "e");
    List<ChannelGroup> groups = head(net, "e", 5).check(folder, 5);
    assertEquals(2, groups.getFirst().slots(SlotRole.OUTPUT).getFirst().repeat());
  }

  @Test
  void slicesByAttributeAreCorrected() throws IOException, OrtException {
    Net net =
        picture(9)
            .conv("x", "a", 3, 10)
            .node(
                "Slice",
                "a",
                "b",
                Onnx.attribute("axes", new long[] {1}),
                Onnx.attribute("starts", new long[] {2}),
                Onnx.attribute("ends", new long[] {-3}));
    head(net, "b", 5).check(folder, 5, 5);
  }

  @Test
  void slicesByInputAreCorrected() throws IOException, OrtException {
    Net net =
        picture(13)
            .conv("x", "a", 3, 10)
            .longs("zero", 0)
            .longs("four", 4)
            .longs("all", Long.MAX_VALUE)
            .longs("one", 1)
            .node("Slice", "a zero four one", "b")
            .node("Slice", "a four all one", "c")
            .conv("c", "d", 6, 4)
            .node("Add", "b d", "e");
    head(net, "e", 4).check(folder, 4, 6);
  }

  @Test
  void stepsOverChannelsKeepThem() throws IOException, OrtException {
    Net net =
        picture(13)
            .conv("x", "a", 3, 10)
            .longs("zero", 0)
            .longs("ten", 10)
            .longs("one", 1)
            .longs("two", 2)
            .node("Slice", "a zero ten one two", "b");
    head(net, "b", 5).check(folder);
  }

  @Test
  void shortcutByPaddingIsCorrected() throws IOException, OrtException {
    Net net =
        picture(17)
            .conv("x", "a", 3, 4)
            .conv("a", "b", 4, 8)
            .longs("pads", 0, 1, 0, 0, 0, 3, 0, 0)
            .node("Pad", "a pads", "c")
            .node("Add", "b c", "d");
    head(net, "d", 8).check(folder, 4, 4);
  }

  @Test
  void shuffledChannelsAreTiedInPairs() throws IOException, OrtException {
    Net net =
        picture(17)
            .conv("x", "a", 3, 8)
            .longs("split", 1, 2, 4, 36)
            .longs("join", 1, 8, 6, 6)
            .node("Reshape", "a split", "b")
            .node("Transpose", "b", "c", Onnx.attribute("perm", 0, 2, 1, 3))
            .node("Reshape", "c join", "d");
    assertTrue(head(net, "d", 8).check(folder, 2).getFirst().slots().getFirst().repeat() == 4);
  }

  @Test
  void flattenedPicturesTakeBlocks() throws IOException, OrtException {
    Net net =
        new Net(13, -1, 3, 6, 6)
            .conv("x", "a", 3, 8)
            .node("Flatten", "a", "b")
            .random("g", 5, 288)
            .random("gb", 5)
            .node("Gemm", "b g gb", "c", Onnx.attribute("transB", 1L))
            .node("Relu", "c", "d")
            .random("h", 5, 2)
            .node("Gemm", "d h", "y")
            .output(-1, 2);
    List<ChannelGroup> groups = net.check(folder, 5, 8);
    Slot columns =
        groups.stream()
            .filter(group -> group.size() == 8)
            .flatMap(group -> group.slots(SlotRole.INPUT).stream())
            .findFirst()
            .orElseThrow();
    assertEquals(36, columns.repeat());
    assertEquals(2 * 36 + 5, columns.position(2, 5));
  }

  @Test
  void localResponseLooksAtNeighbours() throws IOException, OrtException {
    Net net = picture(17).conv("x", "a", 3, 8).node("LRN", "a", "b", Onnx.attribute("size", 3L));
    head(net, "b", 8).check(folder);
  }

  @Test
  void meansOverChannelsKeepThem() throws IOException, OrtException {
    Net net =
        picture(17)
            .conv("x", "a", 3, 8)
            .node("ReduceMean", "a", "b", Onnx.attribute("axes", new long[] {1}))
            .node("Sub", "a b", "c");
    head(net, "c", 8).check(folder);
  }

  @Test
  void resizedAndPooledPicturesKeepTheirChannels() throws IOException, OrtException {
    Net net =
        picture(13)
            .conv("x", "a", 3, 8)
            .node(
                "MaxPool",
                "a",
                "b",
                Onnx.attribute("kernel_shape", 2, 2),
                Onnx.attribute("strides", 2, 2))
            .node("Shape", "a", "s")
            .node("Resize", "b - - s", "c")
            .node("Add", "a c", "d");
    head(net, "d", 8).check(folder, 8);
  }
}
