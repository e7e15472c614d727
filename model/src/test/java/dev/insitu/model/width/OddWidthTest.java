package dev.insitu.model.width;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import dev.insitu.model.Onnx;
import dev.insitu.model.OnnxModel;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.OperatorSetIdProto;
import dev.insitu.model.proto.TensorProto.DataType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights and graphs that are unusual: nothing may break, and what is unclear stays. */
class OddWidthTest {

  @TempDir Path folder;

  @Test
  void sharedWeightsTieTheirReaders() throws IOException, OrtException {
    new Net(13, 1, 6)
        .random("w", 6, 6)
        .node("MatMul", "x w", "a")
        .node("Relu", "a", "b")
        .node("MatMul", "b w", "y")
        .output(1, 6)
        .check(folder);
  }

  @Test
  void sharedHiddenWeights() throws IOException, OrtException {
    List<ChannelGroup> groups =
        new Net(13, 1, 6)
            .matMul("x", "a", 6, 8)
            .random("w", 8, 8)
            .node("MatMul", "a w", "b")
            .node("Tanh", "b", "c")
            .node("MatMul", "c w", "d")
            .matMul("d", "y", 8, 2)
            .output(1, 2)
            .check(folder, 8);
    assertEquals(5, groups.getFirst().slots().size());
  }

  @Test
  void groupsOfOneChannelAndOfNoneAreNone() throws IOException, OrtException {
    new Net(13, 1, 3, 4, 4)
        .conv("x", "a", 3, 1)
        .conv("a", "y", 1, 2)
        .output(1, 2, 4, 4)
        .check(folder);
    Net empty =
        new Net(13, 1, 3)
            .random("w", 3, 0)
            .random("v", 0, 2)
            .node("MatMul", "x w", "a")
            .node("MatMul", "a v", "y")
            .output(1, 2);
    Path file = Onnx.write(Onnx.model(13, empty.graph()), folder.resolve("empty.onnx"));
    try (OnnxModel model = OnnxModel.open(file)) {
      assertEquals(List.of(), ChannelGroups.of(model).list());
    }
  }

  @Test
  void operatorsWithoutARuleKeepWhatTheyTouch() throws IOException, OrtException {
    new Net(13, 1, 6)
        .matMul("x", "a", 6, 8)
        .node("CumSum", "a axis", "b")
        .add(Onnx.tensor("axis", Onnx.INT64).addInt64Data(1))
        .matMul("b", "c", 8, 4)
        .matMul("c", "y", 4, 2)
        .output(1, 2)
        .check(folder, 4);
  }

  @Test
  void unknownDomainsKeepWhatTheyTouch() throws IOException {
    Net net =
        new Net(13, 1, 6)
            .matMul("x", "a", 6, 8)
            .node("Relu", "a", "b")
            .matMul("b", "y", 8, 2)
            .output(1, 2);
    GraphProto.Builder graph = net.graph();
    for (int i = 0; i < graph.getNodeCount(); i++) {
      if (graph.getNode(i).getOpType().equals("Relu")) {
        graph.getNodeBuilder(i).setDomain("else.where");
      }
    }
    var proto =
        Onnx.model(13, graph)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("else.where").setVersion(1));
    Path file = Onnx.write(proto, folder.resolve("m.onnx"));
    try (OnnxModel model = OnnxModel.open(file)) {
      assertEquals(List.of(), ChannelGroups.of(model).list());
    }
  }

  @Test
  void branchesKeepWhatTheyRead() throws IOException, OrtException {
    GraphProto.Builder then =
        Onnx.graph()
            .addOutput(Onnx.value("t", Onnx.FLOAT, 1, 8))
            .addNode(Onnx.node("Relu", List.of("a"), "t"));
    GraphProto.Builder otherwise =
        Onnx.graph()
            .addOutput(Onnx.value("e", Onnx.FLOAT, 1, 8))
            .addNode(Onnx.node("Neg", List.of("a"), "e"));
    new Net(13, 1, 6)
        .matMul("x", "a", 6, 8)
        .add(Onnx.bytes("c", DataType.BOOL_VALUE, new byte[] {1}))
        .node(
            "If",
            "c",
            "b",
            Onnx.attribute("then_branch", then),
            Onnx.attribute("else_branch", otherwise))
        .matMul("b", "d", 8, 4)
        .matMul("d", "y", 4, 2)
        .output(1, 2)
        .check(folder, 4);
  }

  @Test
  void weightsThatAreOutputsStay() throws IOException, OrtException {
    Net net = new Net(13, 1, 6).matMul("x", "a", 6, 8).matMul("a", "y", 8, 2).output(1, 2);
    net.graph().addOutput(Onnx.value("a.w", Onnx.FLOAT, 6, 8));
    net.check(folder);
  }

  @Test
  void externalDataIsRead() throws IOException, OrtException {
    ByteBuffer values = Onnx.randomFloats("a.w", 64, 32);
    Files.write(folder.resolve("w.bin"), Onnx.array(values));
    new Net(13, 1, 64)
        .add(Onnx.external(Onnx.tensor("a.w", Onnx.FLOAT, 64, 32), "w.bin", 0, values.remaining()))
        .node("MatMul", "x a.w", "a")
        .node("Relu", "a", "b")
        .matMul("b", "y", 32, 2)
        .output(1, 2)
        .check(folder, 32);
  }

  @Test
  void float16IsNarrowed() throws IOException, OrtException {
    new Net(13, 1, 6)
        .add(halves("w", 6, 8))
        .add(halves("v", 8, 2))
        .node("Cast", "x", "h", Onnx.attribute("to", (long) DataType.FLOAT16_VALUE))
        .node("MatMul", "h w", "a")
        .node("MatMul", "a v", "b")
        .node("Cast", "b", "y", Onnx.attribute("to", (long) Onnx.FLOAT))
        .output(1, 2)
        .check(folder, 8);
  }

  /** Small whole numbers, of which sums are exact in any order. */
  private static dev.insitu.model.proto.TensorProto.Builder halves(String name, int rows, int to) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * rows * to).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < rows * to; i++) {
      bytes.putShort(Float.floatToFloat16(i * 7 % 5 - 2));
    }
    return Onnx.bytes(name, DataType.FLOAT16_VALUE, bytes.array(), rows, to);
  }

  @Test
  void integerWeightsAreNarrowedWithTheirScales() throws IOException, OrtException {
    byte[] codes = new byte[48];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) (i * 37);
    }
    List<ChannelGroup> groups =
        new Net(13, 1, 6)
            .add(Onnx.bytes("w", DataType.INT8_VALUE, codes, 6, 8))
            .random("s", 8)
            .node("DequantizeLinear", "w s", "wf", Onnx.attribute("axis", 1L))
            .node("MatMul", "x wf", "a")
            .matMul("a", "y", 8, 2)
            .output(1, 2)
            .check(folder, 8);
    assertEquals(3, groups.getFirst().slots().size());
  }

  @Test
  void fourBitWeightsStay() throws IOException {
    Net net =
        new Net(21, 1, 6)
            .add(Onnx.bytes("w", DataType.INT4_VALUE, new byte[24], 6, 8))
            .random("s", 8)
            .node("DequantizeLinear", "w s", "wf", Onnx.attribute("axis", 1L))
            .node("MatMul", "x wf", "a")
            .matMul("a", "y", 8, 2)
            .output(1, 2);
    Path file = Onnx.write(Onnx.model(21, net.graph()), folder.resolve("m.onnx"));
    try (OnnxModel model = OnnxModel.open(file)) {
      assertEquals(List.of(), ChannelGroups.of(model).list());
    }
  }

  /** Only before version 9, where nothing can correct a computed shape. */
  @Test
  void computedShapesOfOldModelsStay() throws IOException, OrtException {
    Net net =
        new Net(8, -1, 6)
            .matMul("x", "a", 6, 8)
            .node("Shape", "a", "s")
            .node("Reshape", "a s", "b")
            .matMul("b", "y", 8, 2)
            .output(-1, 2);
    net.check(folder);
  }

  @Test
  void brokenNodesKeepEverything() throws IOException {
    Net net =
        new Net(13, 1, 6)
            .matMul("x", "a", 6, 8)
            .node("Transpose", "a", "b", Onnx.attribute("perm", 0, 9))
            .node("Concat", "b a", "c", Onnx.attribute("axis", 7L))
            .matMul("c", "y", 8, 2)
            .output(1, 2);
    Path file = Onnx.write(Onnx.model(13, net.graph()), folder.resolve("m.onnx"));
    try (OnnxModel model = OnnxModel.open(file)) {
      assertTrue(ChannelGroups.of(model).list().size() <= 1);
    }
  }

  /** 64 x 2^40 indices would be labelled if nothing stopped it. */
  @Test
  void doublingConcatsEnd() throws IOException {
    Net net = new Net(13, 1, 6).matMul("x", "c0", 6, 64);
    for (int i = 0; i < 40; i++) {
      net.node("Concat", "c" + i + " c" + i, "c" + (i + 1), Onnx.attribute("axis", 1L));
    }
    net.node("ReduceSum", "c40", "y").output(1, 1);
    Path file = Onnx.write(Onnx.model(13, net.graph()), folder.resolve("m.onnx"));
    try (OnnxModel model = OnnxModel.open(file)) {
      assertEquals(List.of(), ChannelGroups.of(model, Map.of(), 8).list());
    }
  }
}
