package dev.insitu.model.width;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnxruntime.OrtException;
import dev.insitu.model.Onnx;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hidden units, heads, embeddings, shapes that are computed. */
class TransformersTest {

  @TempDir Path folder;

  @Test
  void hiddenUnits() throws IOException, OrtException {
    new Net(20, -1, -1, 6)
        .matMul("x", "a", 6, 16)
        .node("Gelu", "a", "b")
        .matMul("b", "y", 16, 6)
        .output(-1, -1, 6)
        .check(folder, 16);
  }

  /** Layer normalization needs all of the residual stream. */
  @Test
  void residualStreamStays() throws IOException, OrtException {
    new Net(20, 1, 4, 6)
        .matMul("x", "a", 6, 8)
        .random("g", 8)
        .random("h", 8)
        .node("LayerNormalization", "a g h", "n")
        .matMul("n", "b", 8, 12)
        .node("Relu", "b", "c")
        .matMul("c", "d", 12, 8)
        .node("Add", "a d", "e")
        .matMul("e", "y", 8, 2)
        .output(1, 4, 2)
        .check(folder, 12);
  }

  /** Scores and values of 3 heads of 4; q, k, v are [batch, tokens, 12]. */
  private static Net attention(Net net, String shape) {
    for (String each : List.of("q", "k", "v")) {
      net.node("Reshape", each + " " + shape, each + "r");
    }
    return net.node("Transpose", "qr", "qt", Onnx.attribute("perm", 0, 2, 1, 3))
        .node("Transpose", "kr", "kt", Onnx.attribute("perm", 0, 2, 3, 1))
        .node("Transpose", "vr", "vt", Onnx.attribute("perm", 0, 2, 1, 3))
        .node("MatMul", "qt kt", "scores")
        .node("Softmax", "scores", "p", Onnx.attribute("axis", -1L))
        .node("MatMul", "p vt", "o")
        .node("Transpose", "o", "ot", Onnx.attribute("perm", 0, 2, 1, 3));
  }

  @Test
  void wholeHeads() throws IOException, OrtException {
    Net net =
        new Net(17, 1, 5, 6)
            .matMul("x", "q", 6, 12)
            .matMul("x", "k", 6, 12)
            .matMul("x", "v", 6, 12)
            .longs("heads", 0, 0, 3, 4)
            .longs("joined", 0, 0, 12);
    List<ChannelGroup> groups =
        attention(net, "heads")
            .node("Reshape", "ot joined", "j")
            .matMul("j", "y", 12, 6)
            .output(1, 5, 6)
            .check(folder, 3);
    assertEquals(7, groups.getFirst().slots().size());
    groups.getFirst().slots().forEach(slot -> assertEquals(4, slot.repeat()));
  }

  /** Shapes that are computed from the input's, as exporters write them. */
  @Test
  void headsOfOpenShapes() throws IOException, OrtException {
    Net net =
        new Net(11, -1, -1, 6)
            .matMul("x", "q", 6, 12)
            .matMul("x", "k", 6, 12)
            .matMul("x", "v", 6, 12)
            .longs("first", 0, 1)
            .longs("heads", 3, 4)
            .longs("minus", -1)
            .node("Shape", "q", "s")
            .node("Gather", "s first", "bt")
            .node("Concat", "bt heads", "shape", Onnx.attribute("axis", 0L))
            .longs("joined", 12)
            .node("Concat", "bt joined", "back", Onnx.attribute("axis", 0L));
    attention(net, "shape")
        .node("Reshape", "ot back", "j")
        .matMul("j", "y", 12, 6)
        .output(-1, -1, 6)
        .check(folder, 3);
  }

  @Test
  void fusedProjectionThatIsSplit() throws IOException, OrtException {
    Net net =
        new Net(17, -1, 5, 6)
            .matMul("x", "qkv", 6, 36)
            .node("Split", "qkv", "q k v", Onnx.attribute("axis", 2L))
            .longs("heads", 0, 5, 3, 4)
            .longs("joined", -1, 5, 12);
    List<ChannelGroup> groups =
        attention(net, "heads")
            .node("Reshape", "ot joined", "j")
            .matMul("j", "y", 12, 6)
            .output(-1, 5, 6)
            .check(folder, 3);
    assertEquals(12, groups.getFirst().slots(SlotRole.OUTPUT).getFirst().repeat());
  }

  @Test
  void fusedProjectionThatIsReshaped() throws IOException, OrtException {
    Net net =
        new Net(13, -1, 5, 6)
            .matMul("x", "qkv", 6, 36)
            .longs("five", -1, 5, 3, 3, 4)
            .node("Reshape", "qkv five", "r")
            .node("Transpose", "r", "t", Onnx.attribute("perm", 2, 0, 3, 1, 4));
    for (int i = 0; i < 3; i++) {
      net.add(Onnx.tensor("i" + i, Onnx.INT64).addInt64Data(i))
          .node("Gather", "t i" + i, "qkv".substring(i, i + 1) + "h");
    }
    List<ChannelGroup> groups =
        net.node("Transpose", "kh", "kt", Onnx.attribute("perm", 0, 1, 3, 2))
            .node("MatMul", "qh kt", "scores")
            .node("Softmax", "scores", "p", Onnx.attribute("axis", -1L))
            .node("MatMul", "p vh", "o")
            .node("Transpose", "o", "ot", Onnx.attribute("perm", 0, 2, 1, 3))
            .longs("joined", 0, 0, -1)
            .node("Reshape", "ot joined", "j")
            .matMul("j", "y", 12, 6)
            .output(-1, 5, 6)
            .check(folder, 3);
    assertEquals(12, groups.getFirst().slots(SlotRole.OUTPUT).getFirst().repeat());
  }

  /** A scale that is computed from the number of channels is the whole model's. */
  @Test
  void whatIsComputedFromAShapeStays() throws IOException, OrtException {
    new Net(13, -1, 6)
        .matMul("x", "a", 6, 16)
        .node("Shape", "a", "s")
        .longs("one", 1)
        .node("Gather", "s one", "n")
        .node("Cast", "n", "f", Onnx.attribute("to", (long) Onnx.FLOAT))
        .node("Sqrt", "f", "root")
        .node("Div", "a root", "b")
        .matMul("b", "y", 16, 2)
        .output(-1, 2)
        .check(folder, 16);
  }

  @Test
  void expandedVectorsAreCorrected() throws IOException, OrtException {
    new Net(13, -1, 4, 6)
        .matMul("x", "a", 6, 8)
        .random("token", 1, 1, 8)
        .longs("zero", 0)
        .longs("rest", 1, 8)
        .node("Shape", "a", "s")
        .node("Gather", "s zero", "n")
        .node("Concat", "n rest", "shape", Onnx.attribute("axis", 0L))
        .node("Expand", "token shape", "t")
        .node("Concat", "t a", "c", Onnx.attribute("axis", 1L))
        .matMul("c", "y", 8, 2)
        .output(-1, 5, 2)
        .check(folder, 8);
  }

  @Test
  void embeddingsStay() throws IOException, OrtException {
    new Net(13, 1, 3)
        .random("table", 10, 6)
        .node("Cast", "x", "i", Onnx.attribute("to", (long) Onnx.INT64))
        .node("Abs", "i", "ids")
        .node("Gather", "table ids", "e")
        .matMul("e", "a", 6, 8)
        .matMul("a", "y", 8, 2)
        .output(1, 3, 2)
        .check(folder, 8);
  }
}
