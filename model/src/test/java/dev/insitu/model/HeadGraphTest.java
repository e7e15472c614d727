package dev.insitu.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.TensorProto.DataType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeadGraphTest {

  private static final int CLASSES = 5;

  @TempDir Path folder;
  private Path root;

  /** Three layers and two outputs, of which one is made early. */
  @BeforeEach
  void writesTheRoot() throws IOException {
    GraphProto.Builder graph =
        Onnx.graph()
            .addInput(Onnx.value("x", Onnx.FLOAT, -1, 64))
            .addOutput(Onnx.value("early", Onnx.FLOAT, -1, 64))
            .addOutput(Onnx.value("y", Onnx.FLOAT, -1, CLASSES));
    String before = "x";
    for (int i = 0; i < 3; i++) {
      graph
          .addInitializer(Onnx.random("w" + i, 64, 64))
          .addNode(Onnx.node("MatMul", List.of(before, "w" + i), "m" + i))
          .addNode(Onnx.node("Tanh", List.of("m" + i), i == 0 ? "early" : "h" + i));
      before = i == 0 ? "early" : "h" + i;
    }
    graph
        .addInitializer(Onnx.random("last", 64, CLASSES))
        .addNode(Onnx.node("MatMul", List.of(before, "last"), "y"));
    root = Onnx.write(Onnx.model(13, graph), folder.resolve("root.onnx"));
  }

  private static GraphProto.Builder head(String input, long... dims) {
    return Onnx.graph()
        .addInput(Onnx.value(input, Onnx.FLOAT, dims))
        .addOutput(Onnx.value("a", Onnx.FLOAT, -1, 64))
        .addOutput(Onnx.value("b", Onnx.FLOAT, -1, CLASSES))
        .addInitializer(Onnx.random("w0", 64, CLASSES))
        .addNode(Onnx.node("Relu", List.of(input), "a"))
        .addNode(Onnx.node("MatMul", List.of("a", "w0"), "b"));
  }

  private OnnxModel open(int opset, GraphProto.Builder graph) throws IOException {
    return OnnxModel.open(Onnx.write(Onnx.model(opset, graph), folder.resolve("head.onnx")));
  }

  private static SegmentPlan plan(OnnxModel model) {
    return Segmenter.group(model, SegmentOptions.DEFAULT.withMinSegmentBytes(1));
  }

  /** The cut behind the first layer. */
  private static int after(SegmentPlan plan, String value) {
    for (int i = 0; i < plan.segments().size(); i++) {
      if (plan.segments().get(i).outputs().contains(value)) {
        return i;
      }
    }
    throw new AssertionError("no segment makes " + value + ": " + plan.segments());
  }

  @Test
  void segmentsJoinedWithAHeadGiveWhatTheyGiveOneAfterTheOther() throws Exception {
    joinsLikeAWalk(13, head("h1", -1, 64), "h1");
  }

  @Test
  void theHeadMayReadAValueThatIsAnOutputToo() throws Exception {
    joinsLikeAWalk(13, head("early", -1, 64), "early");
  }

  @Test
  void theHeadMayReadAnInputOfTheModel() throws Exception {
    joinsLikeAWalk(13, head("x", -1, 64), "early");
  }

  @Test
  void aHeadOfAnotherOpsetIsJoinedWhereItMeansTheSame() throws Exception {
    joinsLikeAWalk(21, head("h1", -1, 64), "h1");
    joinsLikeAWalk(9, head("h1", -1, 64), "h1");
  }

  @Test
  void innerGraphsSeeTheirNewNames() throws Exception {
    GraphProto.Builder branch =
        Onnx.graph()
            .addOutput(Onnx.value("chosen", Onnx.FLOAT, -1, CLASSES))
            .addNode(Onnx.node("MatMul", List.of("a", "w0"), "chosen"));
    GraphProto.Builder graph =
        Onnx.graph()
            .addInput(Onnx.value("h1", Onnx.FLOAT, -1, 64))
            .addOutput(Onnx.value("a", Onnx.FLOAT, -1, 64))
            .addOutput(Onnx.value("b", Onnx.FLOAT, -1, CLASSES))
            .addInitializer(Onnx.random("w0", 64, CLASSES))
            .addInitializer(Onnx.bytes("yes", Onnx.BOOL, new byte[] {1}))
            .addNode(Onnx.node("Relu", List.of("h1"), "a"))
            .addNode(
                Onnx.node("If", List.of("yes"), "b")
                    .addAttribute(Onnx.attribute("then_branch", branch))
                    .addAttribute(
                        Onnx.attribute(
                            "else_branch",
                            Onnx.graph()
                                .addOutput(Onnx.value("other", Onnx.FLOAT, -1, CLASSES))
                                .addNode(Onnx.node("MatMul", List.of("h1", "w0"), "other")))));
    joinsLikeAWalk(13, graph, "h1");
  }

  private void joinsLikeAWalk(int opset, GraphProto.Builder graph, String behind)
      throws IOException, OrtException {
    try (OnnxModel model = OnnxModel.open(root);
        OnnxModel exit = open(opset, graph)) {
      SegmentPlan plan = plan(model);
      int after = after(plan, behind);
      HeadGraph head = HeadGraph.of(model, plan, after, exit);
      Map<String, Judge.Value> values = new HashMap<>(Judge.inputs(model, Map.of(), 3));
      SegmentGraphs graphs = new SegmentGraphs(model, plan);
      WeightLayout layout = new WeightLayout(model);
      List<byte[]> first = new ArrayList<>();
      for (int i = 0; i <= after; i++) {
        first.add(graphs.segmentGraph(plan.segments().get(i), layout));
        values.putAll(run(first.getLast(), model, layout, values));
      }
      List<String> names = head.weights().stream().map(w -> head.named(w.name())).toList();
      long ownBytes = layout.offset(model.weights().size() - 1) + (1 << 20);
      byte[] headGraph = head.graph(names, weight -> ownBytes + weight * (1L << 20));
      WeightStore both = both(model, layout, exit, ownBytes);
      Path alone = folder.resolve("alone.onnx");
      PlainOnnx.write(headGraph, both, alone);
      Map<String, Judge.Value> made = Judge.run(alone, OptLevel.NO_OPT, values);
      assertEquals(head.outputs(), List.copyOf(made.keySet()));
      Map<String, Judge.Value> expected = new LinkedHashMap<>();
      expected.put("early", made.get(head.outputs().get(0)));
      expected.put("y", made.get(head.outputs().get(1)));
      Path joined = folder.resolve("joined.onnx");
      PlainOnnx.write(
          SegmentJoin.join(first, headGraph, head.outputs(), List.of("early", "y")), both, joined);
      for (OptLevel level : new OptLevel[] {OptLevel.NO_OPT, OptLevel.ALL_OPT}) {
        Judge.assertSame(expected, Judge.run(joined, level, values));
      }
      assertTrue(head.profile().macs() >= 64 * CLASSES, "" + head.profile());
    }
  }

  private Map<String, Judge.Value> run(
      byte[] graph, OnnxModel model, WeightLayout layout, Map<String, Judge.Value> values)
      throws OrtException {
    Path file = folder.resolve("segment.onnx");
    PlainOnnx.write(graph, WeightStore.of(model, layout), file);
    return Judge.run(file, OptLevel.NO_OPT, values);
  }

  private static WeightStore both(OnnxModel model, WeightLayout layout, OnnxModel head, long from) {
    WeightStore own = WeightStore.of(model, layout);
    WeightStore more = WeightStore.of(head, weight -> weight * (1L << 20));
    return (offset, into) -> {
      if (offset >= from) {
        more.read(offset - from, into);
      } else {
        own.read(offset, into);
      }
    };
  }

  @Test
  void aHeadThatReadsWhatIsNotThereIsToldWhatIs() throws IOException {
    String message = refused(head("h2", -1, 64));
    assertTrue(message.contains("reads 'h2'"), message);
    assertTrue(message.contains("'h1 float[?,64]'"), message);
    assertTrue(message.contains("head.onnx after segment 1"), message);
  }

  @Test
  void aHeadWithoutEveryOutputIsRefused() throws IOException {
    String message = refused(head("h1", -1, 64).removeOutput(0));
    assertTrue(message.contains("has 1 outputs, the model 2"), message);
    assertTrue(message.contains("[early, y]"), message);
  }

  @Test
  void typesAndShapesMustBeTheModels() throws IOException {
    assertTrue(refused(head("h1", -1, 32)).contains("input 'h1' is float[?,32]"));
    assertTrue(refused(head("h1", -1, 64, 1, 1)).contains("input 'h1' is float[?,64,1,1]"));
    assertTrue(refused(head("h1", 1, 64)).contains("open dimensions"));
    GraphProto.Builder other = head("h1", -1, 64);
    other.setOutput(1, Onnx.value("b", DataType.DOUBLE_VALUE, -1, CLASSES));
    assertTrue(refused(other).contains("output 'b' is double[?,5]; the model gives y float[?,5]"));
    GraphProto.Builder more = head("h1", -1, 64);
    more.setOutput(1, Onnx.value("b", Onnx.FLOAT, -1, 9));
    assertTrue(refused(more).contains("output 'b' is float[?,9]"));
    GraphProto.Builder rank = head("h1", -1, 64);
    rank.setOutput(1, Onnx.value("b", Onnx.FLOAT, CLASSES));
    assertTrue(refused(rank).contains("output 'b' is float[5]"));
    GraphProto.Builder silent = head("h1", -1, 64);
    silent.getOutputBuilder(0).getTypeBuilder().getTensorTypeBuilder().clearShape();
    silent.getOutputBuilder(1).getTypeBuilder().getTensorTypeBuilder().clearShape();
    silent.setInitializer(0, Onnx.random("w0", 64, 7));
    assertTrue(refused(silent).contains("output 'b' is float[?,7]"), "what follows counts too");
  }

  @Test
  void anInputCannotBeAnOutput() throws IOException {
    GraphProto.Builder graph = head("h1", -1, 64);
    graph.setOutput(0, Onnx.value("h1", Onnx.FLOAT, -1, 64));
    String message = refused(graph);
    assertTrue(message.contains("'h1' is its input"), message);
  }

  @Test
  void anOperatorThatMeansSomethingElseInTheModelsOpsetIsRefused() throws IOException {
    GraphProto.Builder graph = head("h1", -1, 64);
    graph.setNode(
        0, Onnx.node("ReduceMean", List.of("h1"), "a").addAttribute(Onnx.attribute("keepdims", 1)));
    try (OnnxModel model = OnnxModel.open(root);
        OnnxModel exit = open(18, graph)) {
      SegmentPlan plan = plan(model);
      String message =
          assertThrows(
                  OnnxException.class, () -> HeadGraph.of(model, plan, after(plan, "h1"), exit))
              .getMessage();
      assertTrue(message.contains("ReduceMean"), message);
      assertTrue(message.contains("Maybe export it with opset 13"), message);
    }
  }

  @Test
  void namesGetAPrefixThatTheModelDoesNotUse() throws IOException {
    GraphProto.Builder graph =
        PlainOnnx.parse(Files.readAllBytes(root)).getGraph().toBuilder()
            .addInitializer(Onnx.random("exit1/w", 64, 64))
            .addNode(Onnx.node("MatMul", List.of("h2", "exit1/w"), "more"))
            .addOutput(Onnx.value("more", Onnx.FLOAT, -1, 64));
    Onnx.write(Onnx.model(13, graph), root);
    GraphProto.Builder three = head("h1", -1, 64);
    three
        .addNode(Onnx.node("Identity", List.of("a"), "c"))
        .addOutput(Onnx.value("c", Onnx.FLOAT, -1, 64));
    try (OnnxModel model = OnnxModel.open(root);
        OnnxModel exit = open(13, three)) {
      HeadGraph head = HeadGraph.of(model, plan(model), 1, exit);
      assertEquals("_exit1/w0", head.named("w0"));
      assertEquals("h1", head.named("h1"));
    }
  }

  private String refused(GraphProto.Builder graph) throws IOException {
    try (OnnxModel model = OnnxModel.open(root);
        OnnxModel exit = open(13, graph)) {
      SegmentPlan plan = plan(model);
      int after = after(plan, "h1");
      return assertThrows(OnnxException.class, () -> HeadGraph.of(model, plan, after, exit))
          .getMessage();
    }
  }
}
