package dev.insitu.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.insitu.model.proto.FunctionProto;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.OperatorSetIdProto;
import dev.insitu.model.proto.SparseTensorProto;
import dev.insitu.model.proto.TensorProto.DataType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One small model for each feature of the format, cut wherever possible, judged by ONNX Runtime.
 */
class GeneratedModelsTest {

  @TempDir Path folder;

  private SegmentPlan check(int opset, GraphProto.Builder graph, int weights)
      throws IOException, OrtException {
    return check(Onnx.model(opset, graph), weights);
  }

  private SegmentPlan check(ModelProto.Builder proto, int weights)
      throws IOException, OrtException {
    Path file = Onnx.write(proto, folder.resolve("original.onnx"));
    try (OnnxModel model = OnnxModel.open(file)) {
      assertEquals(weights, model.weights().size(), model.weights().toString());
      Forms forms = Forms.everywhere(model, folder.resolve("forms"));
      forms.assertSame(
          Judge.inputs(model, Map.of(), 3), OptLevel.NO_OPT, OptLevel.BASIC_OPT, OptLevel.ALL_OPT);
      return forms.plan();
    }
  }

  private static GraphProto.Builder chain(NodeProto.Builder... nodes) {
    GraphProto.Builder graph =
        Onnx.graph()
            .addInput(Onnx.value("x", Onnx.FLOAT, 1, 16))
            .addOutput(Onnx.value("y", Onnx.FLOAT, 1, 16));
    List.of(nodes).forEach(graph::addNode);
    return graph;
  }

  private static byte[] randomBytes(int count) {
    byte[] bytes = new byte[count];
    new Random(count).nextBytes(bytes);
    return bytes;
  }

  private static NodeProto.Builder matMul(String in, String weight, String out) {
    return Onnx.node("MatMul", List.of(in, weight), out);
  }

  private static NodeProto.Builder cast(String in, String out, int type) {
    return Onnx.node("Cast", List.of(in), out).addAttribute(Onnx.attribute("to", (long) type));
  }

  /** Without half-precision kernels the runtime computes in float32: cuts must not round. */
  @Test
  void halfFloatLayers() throws IOException, OrtException {
    GraphProto.Builder graph = chain(cast("x", "v0", DataType.FLOAT16_VALUE));
    for (int layer = 0; layer < 5; layer++) {
      byte[] halves = randomBytes(512);
      for (int i = 0; i < 512; i += 2) {
        halves[i + 1] = (byte) (0x30 + halves[i + 1] % 4 + (i * 37 % 2 << 7));
      }
      graph
          .addInitializer(Onnx.bytes("w" + layer, DataType.FLOAT16_VALUE, halves, 16, 16))
          .addNode(matMul("v" + layer, "w" + layer, "m" + layer))
          .addNode(Onnx.node("Tanh", List.of("m" + layer), "v" + (layer + 1)));
    }
    check(13, graph.addNode(cast("v5", "y", Onnx.FLOAT)), 5);
  }

  @Test
  void bfloat16WeightsThatAreCast() throws IOException, OrtException {
    byte[] values = new byte[512];
    for (int i = 0; i < 512; i += 2) {
      values[i] = (byte) (i * 5);
      values[i + 1] = (byte) 0x3e;
    }
    SegmentPlan plan =
        check(
            16,
            chain(
                    cast("w", "wf", Onnx.FLOAT),
                    matMul("x", "wf", "m"),
                    Onnx.node("Relu", List.of("m"), "r"),
                    matMul("r", "wf", "y"))
                .addInitializer(Onnx.bytes("w", DataType.BFLOAT16_VALUE, values, 16, 16)),
            1);
    assertEquals(3, plan.segments().size());
    assertEquals(2, plan.segments().get(2).nodeIndices().size(), "the cast is repeated");
  }

  @Test
  void int8WeightsByChannel() throws IOException, OrtException {
    check(
        13,
        chain(
                Onnx.node("DequantizeLinear", List.of("w", "s", "z"), "wf")
                    .addAttribute(Onnx.attribute("axis", 1L)),
                matMul("x", "wf", "m"),
                Onnx.node("Relu", List.of("m"), "y"))
            .addInitializer(Onnx.bytes("w", DataType.INT8_VALUE, randomBytes(256), 16, 16))
            .addInitializer(Onnx.random("s", 16))
            .addInitializer(Onnx.bytes("z", DataType.INT8_VALUE, new byte[16], 16)),
        2);
  }

  @Test
  void int4WeightsInBlocks() throws IOException, OrtException {
    GraphProto.Builder graph =
        chain(
                Onnx.node("DequantizeLinear", List.of("w", "s"), "wf")
                    .addAttribute(Onnx.attribute("axis", 0L))
                    .addAttribute(Onnx.attribute("block_size", 8L)),
                matMul("x", "wf", "m"),
                Onnx.node("Relu", List.of("m"), "y"))
            .addInitializer(Onnx.bytes("w", DataType.INT4_VALUE, randomBytes(128), 16, 16))
            .addInitializer(Onnx.random("s", 2, 16));
    check(21, graph, 2);
  }

  @Test
  void weightsInsideBranches() throws IOException, OrtException {
    GraphProto.Builder then =
        Onnx.graph()
            .addNode(Onnx.constant("w", Onnx.random("t", 16, 16)))
            .addNode(matMul("x", "w", "m"))
            .addOutput(Onnx.value("m", Onnx.FLOAT, 1, 16));
    GraphProto.Builder otherwise =
        Onnx.graph()
            .addInitializer(Onnx.random("w", 16, 16))
            .addNode(matMul("x", "w", "m"))
            .addOutput(Onnx.value("m", Onnx.FLOAT, 1, 16));
    for (int choice = 0; choice < 2; choice++) {
      check(
          13,
          chain(
                  cast("choice", "c", Onnx.BOOL),
                  Onnx.node("If", List.of("c"), "i")
                      .addAttribute(Onnx.attribute("then_branch", then))
                      .addAttribute(Onnx.attribute("else_branch", otherwise)),
                  Onnx.node("Relu", List.of("i"), "y"))
              .addInitializer(Onnx.tensor("choice", Onnx.FLOAT).addFloatData(choice)),
          2);
    }
  }

  @Test
  void branchThatReturnsAConstant() throws IOException, OrtException {
    GraphProto.Builder constant =
        Onnx.graph()
            .addNode(Onnx.constant("k", Onnx.random("k", 1, 32)))
            .addOutput(Onnx.value("k", Onnx.FLOAT, 1, 32));
    GraphProto.Builder outer =
        Onnx.graph()
            .addNode(
                Onnx.node("Concat", List.of("x", "x"), "cc")
                    .addAttribute(Onnx.attribute("axis", 1L)))
            .addOutput(Onnx.value("cc", Onnx.FLOAT, 1, 32));
    GraphProto.Builder graph =
        Onnx.graph()
            .addInput(Onnx.value("x", Onnx.FLOAT, 1, 16))
            .addInput(Onnx.value("b", Onnx.BOOL))
            .addOutput(Onnx.value("y", Onnx.FLOAT, 1, 32))
            .addNode(
                Onnx.node("If", List.of("b"), "i")
                    .addAttribute(Onnx.attribute("then_branch", constant))
                    .addAttribute(Onnx.attribute("else_branch", outer)))
            .addNode(Onnx.node("Relu", List.of("i"), "y"));
    check(13, graph, 1);
  }

  @Test
  void weightsInsideALoop() throws IOException, OrtException {
    GraphProto.Builder body =
        Onnx.graph()
            .addInput(Onnx.value("i", Onnx.INT64))
            .addInput(Onnx.value("go", Onnx.BOOL))
            .addInput(Onnx.value("state", Onnx.FLOAT, 1, 16))
            .addNode(Onnx.node("Identity", List.of("go"), "still"))
            .addNode(Onnx.constant("w", Onnx.random("w", 16, 16)))
            .addNode(matMul("state", "w", "m"))
            .addNode(Onnx.node("Tanh", List.of("m"), "next"))
            .addNode(Onnx.node("Identity", List.of("next"), "seen"))
            .addOutput(Onnx.value("still", Onnx.BOOL))
            .addOutput(Onnx.value("next", Onnx.FLOAT, 1, 16))
            .addOutput(Onnx.value("seen", Onnx.FLOAT, 1, 16));
    GraphProto.Builder graph =
        chain(
                Onnx.node("Loop", List.of("n", "", "x"), List.of("last", "all"))
                    .addAttribute(Onnx.attribute("body", body)),
                Onnx.node("ReduceSum", List.of("all", "axis"), "sum")
                    .addAttribute(Onnx.attribute("keepdims", 0L)),
                Onnx.node("Add", List.of("last", "sum"), "y"))
            .addInitializer(Onnx.longs("axis", 0))
            .addInitializer(Onnx.longs("n", 3).clearDims());
    check(13, graph, 1);
  }

  @Test
  void weightsInsideAScan() throws IOException, OrtException {
    GraphProto.Builder body =
        Onnx.graph()
            .addInput(Onnx.value("state", Onnx.FLOAT, 1, 16))
            .addInput(Onnx.value("row", Onnx.FLOAT, 16))
            .addInitializer(Onnx.random("w", 16, 16))
            .addNode(matMul("state", "w", "m"))
            .addNode(Onnx.node("Add", List.of("m", "row"), "a"))
            .addNode(Onnx.node("Tanh", List.of("a"), "next"))
            .addNode(Onnx.node("Identity", List.of("next"), "seen"))
            .addOutput(Onnx.value("next", Onnx.FLOAT, 1, 16))
            .addOutput(Onnx.value("seen", Onnx.FLOAT, 1, 16));
    GraphProto.Builder graph =
        chain(
                Onnx.node("Scan", List.of("x", "rows"), List.of("last", "all"))
                    .addAttribute(Onnx.attribute("body", body))
                    .addAttribute(Onnx.attribute("num_scan_inputs", 1L)),
                Onnx.node("Relu", List.of("last"), "y"))
            .addInitializer(Onnx.random("rows", 5, 16))
            .addOutput(Onnx.value("all", Onnx.FLOAT, 5, 1, 16));
    check(13, graph, 2);
  }

  @Test
  void outputsThatAreConstantsOrInputs() throws IOException, OrtException {
    GraphProto.Builder graph =
        chain(
                Onnx.constant("k", Onnx.random("k", 16, 16)),
                matMul("x", "k", "m"),
                Onnx.node("Relu", List.of("m"), "y"),
                Onnx.node("Neg", List.of("k"), "nk"))
            .addOutput(Onnx.value("k", Onnx.FLOAT, 16, 16))
            .addOutput(Onnx.value("nk", Onnx.FLOAT, 16, 16))
            .addOutput(Onnx.value("x", Onnx.FLOAT, 1, 16));
    check(13, graph, 1);
  }

  @Test
  void localFunctions() throws IOException, OrtException {
    FunctionProto inner =
        FunctionProto.newBuilder()
            .setDomain("own")
            .setName("Inner")
            .addInput("a")
            .addOutput("b")
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(16))
            .addNode(
                Onnx.constant(
                    "k",
                    Onnx.random("k", 1, 32)
                        .setDims(1, 16)
                        .setRawData(Onnx.random("k", 1, 16).getRawData())))
            .addNode(Onnx.node("Add", List.of("a", "k"), "b"))
            .build();
    FunctionProto outer =
        FunctionProto.newBuilder()
            .setDomain("own")
            .setName("Outer")
            .addInput("a")
            .addOutput("c")
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(16))
            .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("own").setVersion(1))
            .addNode(Onnx.node("Inner", List.of("a"), "b").setDomain("own"))
            .addNode(Onnx.node("Relu", List.of("b"), "c"))
            .build();
    ModelProto.Builder model =
        Onnx.model(
                16,
                chain(
                        matMul("x", "w", "m"),
                        Onnx.node("Outer", List.of("m"), "f").setDomain("own"),
                        Onnx.node("Neg", List.of("f"), "y"))
                    .addInitializer(Onnx.random("w", 16, 16)))
            .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("own").setVersion(1))
            .addFunctions(outer)
            .addFunctions(inner);
    check(model, 1);
  }

  @Test
  void sparseInitializers() throws IOException, OrtException {
    SparseTensorProto.Builder sparse =
        SparseTensorProto.newBuilder()
            .setValues(Onnx.random("w", 40))
            .setIndices(Onnx.longs("", LongStream.range(0, 40).map(i -> 5 * i).toArray()))
            .addDims(16)
            .addDims(16);
    GraphProto.Builder graph =
        chain(matMul("x", "w", "m"), Onnx.node("Relu", List.of("m"), "y"))
            .addSparseInitializer(sparse);
    check(13, graph, 0);
  }

  @Test
  void nodesInAnyOrder() throws IOException, OrtException {
    GraphProto.Builder graph =
        chain(Onnx.node("Relu", List.of("m"), "y"), matMul("x", "w", "m"))
            .addInitializer(Onnx.random("w", 16, 16));
    check(13, graph, 1);
  }

  @Test
  void tiedEmbeddingAndSkips() throws IOException, OrtException {
    GraphProto.Builder graph =
        Onnx.graph()
            .addInput(Onnx.value("ids", Onnx.INT64, 1, 4))
            .addInput(Onnx.value("late", Onnx.FLOAT, 1, 4, 8))
            .addOutput(Onnx.value("logits", Onnx.FLOAT, 1, 4, 32))
            .addOutput(Onnx.value("early", Onnx.FLOAT, 1, 4, 8))
            .addInitializer(Onnx.random("table", 32, 8))
            .addInitializer(Onnx.random("w", 8, 8))
            .addNode(Onnx.node("Gather", List.of("table", "ids"), "e"))
            .addNode(matMul("e", "w", "early"))
            .addNode(Onnx.node("Relu", List.of("early"), "r"))
            .addNode(Onnx.node("Add", List.of("r", "e"), "a"))
            .addNode(Onnx.node("Add", List.of("a", "late"), "b"))
            .addNode(
                Onnx.node("Transpose", List.of("table"), "turned")
                    .addAttribute(Onnx.attribute("perm", new long[] {1, 0})))
            .addNode(matMul("b", "turned", "logits"));
    SegmentPlan plan = check(13, graph, 2);
    assertEquals(6, plan.segments().size());
    assertEquals(List.of("r", "e"), plan.segments().get(3).inputs());
    assertEquals(List.of("a", "late"), plan.segments().get(4).inputs());
    Segment last = plan.segments().get(5);
    assertArrayEquals(new int[] {0}, last.weightIndices());
    assertEquals(0, last.profile().parameters(), "counted in the first segment");
  }

  @Test
  void oldFilesListInitializersAsInputs() throws IOException, OrtException {
    GraphProto.Builder graph =
        chain(matMul("x", "w", "m"), Onnx.node("Relu", List.of("m"), "y"))
            .addInput(Onnx.value("w", Onnx.FLOAT, 16, 16))
            .addInitializer(Onnx.random("w", 16, 16));
    check(7, graph, 1);
  }

  @Test
  void omittedInputsStayOmitted() throws IOException, OrtException {
    GraphProto.Builder graph =
        chain(matMul("x", "w", "m"), Onnx.node("Clip", List.of("m", "", "top"), "y"))
            .addInitializer(Onnx.random("w", 16, 16))
            .addInitializer(Onnx.tensor("top", Onnx.FLOAT).addFloatData(0.1f));
    check(13, graph, 1);
  }

  @Test
  void randomNodesRunOnce() throws IOException, OrtException {
    GraphProto.Builder graph =
        chain(
                Onnx.node("RandomNormal", List.of(), "noise")
                    .addAttribute(Onnx.attribute("shape", new long[] {1, 16})),
                Onnx.node("Sub", List.of("noise", "noise"), "zero"),
                matMul("x", "w", "m"),
                Onnx.node("Add", List.of("m", "zero"), "a"),
                Onnx.node("Add", List.of("a", "noise"), "b"),
                Onnx.node("Sub", List.of("b", "noise"), "c"),
                Onnx.node("Floor", List.of("c"), "y"))
            .addInitializer(Onnx.random("w", 16, 16));
    Path file = Onnx.write(Onnx.model(13, graph), folder.resolve("m.onnx"));
    try (OnnxModel model = OnnxModel.open(file)) {
      SegmentPlan plan = Forms.everywhere(model, folder.resolve("forms")).plan();
      long runs =
          plan.segments().stream().filter(segment -> segment.nodeIndices().contains(0)).count();
      assertEquals(1, runs);
      assertTrue(plan.segments().size() > 3);
    }
  }

  @Test
  void unusedTensorsAndNodesAreDropped() throws IOException, OrtException {
    GraphProto.Builder graph =
        chain(matMul("x", "w", "y"), matMul("x", "unused", "nobody"))
            .addInitializer(Onnx.random("w", 16, 16))
            .addInitializer(Onnx.random("unused", 16, 16))
            .addInitializer(Onnx.random("never", 16, 16));
    check(13, graph, 1);
  }
}
