package dev.insitu.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.insitu.model.Judge.Value;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlainOnnxTest {

  @TempDir Path folder;
  private OnnxModel model;
  private WeightLayout layout;
  private byte[] graph;

  @BeforeEach
  void openModel() throws IOException {
    GraphProto.Builder proto =
        Onnx.matMul(Onnx.random("w", 700, 800), 700, 800)
            .addInitializer(Onnx.random("b", 800))
            .addOutput(Onnx.value("z", Onnx.FLOAT, 1, 800))
            .addNode(Onnx.node("Add", List.of("y", "b"), "z"));
    model = OnnxModel.open(Onnx.write(Onnx.model(13, proto), folder.resolve("original.onnx")));
    layout = new WeightLayout(model);
    SegmentPlan plan = Segmenter.group(model, SegmentOptions.DEFAULT);
    graph = new SegmentGraphs(model, plan).wholeGraph(layout);
  }

  @AfterEach
  void closeModel() {
    model.close();
  }

  @Test
  void fileIsWhatProtobufWouldWrite() throws IOException {
    Path out = folder.resolve("plain.onnx");
    PlainOnnx.write(graph, WeightStore.of(model, layout), out);
    ModelProto read = ModelProto.parseFrom(Files.readAllBytes(out));
    assertEquals(2, read.getGraph().getInitializerCount());
    assertEquals(Onnx.random("w", 700, 800).build(), read.getGraph().getInitializer(0));
    assertEquals(Files.size(out), read.getSerializedSize());
  }

  @Test
  void weightFileOnDiskServesAsStore() throws IOException {
    layout.write(folder);
    Path out = folder.resolve("plain.onnx");
    try (WeightFile weights = new WeightFile(folder.resolve(WeightLocator.FILE))) {
      PlainOnnx.write(graph, weights, out);
    }
    try (OnnxModel plain = OnnxModel.open(out)) {
      assertEquals(model.weights().size(), plain.weights().size());
      for (int i = 0; i < plain.weights().size(); i++) {
        assertArrayEquals(Onnx.read(model.weights().get(i)), Onnx.read(plain.weights().get(i)));
      }
    }
  }

  @Test
  void bigModelGetsItsWeightsBesideIt() throws IOException, OrtException {
    Path out = folder.resolve("big.onnx");
    PlainOnnx.write(graph, WeightStore.of(model, layout), out, 1 << 20);
    assertTrue(Files.size(out) < 1 << 16);
    assertTrue(Files.size(folder.resolve("big.onnx.data")) >= 4 * 700 * 800);
    Map<String, Value> inputs = Judge.inputs(model, Map.of(), 1);
    Judge.assertSame(
        Judge.run(model.file(), OptLevel.BASIC_OPT, inputs),
        Judge.run(out, OptLevel.BASIC_OPT, inputs));
  }

  @Test
  void failureLeavesTheOldFileAndNothingElse() throws IOException {
    Path out = Files.writeString(folder.resolve("plain.onnx"), "old");
    WeightStore broken =
        (offset, into) -> {
          throw new OnnxException("no more");
        };
    assertThrows(OnnxException.class, () -> PlainOnnx.write(graph, broken, out));
    assertEquals("old", Files.readString(out));
    try (Stream<Path> files = Files.list(folder)) {
      assertFalse(files.anyMatch(file -> file.toString().endsWith(".part")));
    }
  }

  @Test
  void damagedGraphIsRefused() {
    byte[] cut = Arrays.copyOf(graph, graph.length - 3);
    assertThrows(
        OnnxException.class,
        () -> PlainOnnx.write(cut, WeightStore.of(model, layout), folder.resolve("x.onnx")));
  }

  @Test
  void sameGraphEveryTime() {
    SegmentPlan plan = Segmenter.group(model, SegmentOptions.DEFAULT);
    assertArrayEquals(graph, new SegmentGraphs(model, plan).wholeGraph(layout));
  }
}
