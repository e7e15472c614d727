package dev.insitu.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.model.proto.GraphProto;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmenterTest {

  @TempDir Path folder;

  private OnnxModel open(GraphProto.Builder graph) throws IOException {
    return OnnxModel.open(Onnx.write(Onnx.model(13, graph), folder.resolve("m.onnx")));
  }

  /** Layers of x := relu(x · w), each of the given width. */
  private static GraphProto.Builder layers(long... widths) {
    GraphProto.Builder graph = Onnx.graph().addInput(Onnx.value("v0", Onnx.FLOAT, -1, widths[0]));
    for (int i = 1; i < widths.length; i++) {
      graph
          .addInitializer(Onnx.random("w" + i, widths[i - 1], widths[i]))
          .addNode(Onnx.node("MatMul", List.of("v" + (i - 1), "w" + i), "m" + i))
          .addNode(Onnx.node("Relu", List.of("m" + i), "v" + i));
    }
    int last = widths.length - 1;
    return graph.addOutput(Onnx.value("v" + last, Onnx.FLOAT, -1, widths[last]));
  }

  @Test
  void chainCanBeCutAnywhere() throws IOException {
    try (OnnxModel model = open(layers(64, 64, 64, 64))) {
      List<Cut> cuts = Segmenter.cutPoints(model, 1);
      assertEquals(5, cuts.size());
      assertEquals(new Cut(2, List.of("v1")), cuts.get(1));
    }
  }

  @Test
  void skipsCountAsCrossing() throws IOException {
    GraphProto.Builder graph =
        layers(64, 64, 64, 64)
            .addNode(Onnx.node("Add", List.of("v3", "v1"), "sum"))
            .addOutput(Onnx.value("sum", Onnx.FLOAT, -1, 64));
    try (OnnxModel model = open(graph)) {
      assertEquals(2, Segmenter.cutPoints(model, 1).size());
      assertEquals(6, Segmenter.cutPoints(model, 2).size());
    }
  }

  @Test
  void segmentsPartBetweenLayersNotInsideThem() throws IOException {
    try (OnnxModel model = open(layers(128, 128, 128, 128, 128, 128, 128, 128, 128))) {
      SegmentPlan plan =
          Segmenter.group(
              model, SegmentOptions.DEFAULT.withMaxSegments(4).withMinSegmentBytes(64 << 10));
      assertTrue(plan.segments().size() >= 3, plan.toString());
      for (Cut cut : plan.cuts()) {
        assertTrue(cut.values().getFirst().startsWith("v"), cut.toString());
      }
    }
  }

  @Test
  void everyNodeAndWeightIsInOneSegment() throws IOException {
    try (OnnxModel model = open(layers(128, 64, 256, 128, 128, 32, 128, 10))) {
      SegmentPlan plan = Segmenter.group(model, SegmentOptions.DEFAULT.withMinSegmentBytes(0));
      List<Integer> nodes = new ArrayList<>();
      long bytes = 0;
      for (Segment segment : plan.segments()) {
        nodes.addAll(segment.nodeIndices());
        bytes += segment.profile().weightBytes();
      }
      assertEquals(model.order().running(), nodes);
      assertEquals(model.weights().stream().mapToLong(Weight::byteLength).sum(), bytes);
    }
  }

  @Test
  void smallModelsAreOneSegment() throws IOException {
    try (OnnxModel model = open(layers(64, 64, 64))) {
      assertEquals(1, Segmenter.group(model, SegmentOptions.DEFAULT).segments().size());
    }
  }

  @Test
  void valueOfUnknownTypeIsNotCut() throws IOException {
    GraphProto.Builder graph =
        Onnx.graph()
            .addInput(Onnx.value("x", Onnx.FLOAT, 1))
            .addNode(Onnx.node("Own", List.of("x"), "a").setDomain("own"))
            .addNode(Onnx.node("Own", List.of("a"), "b").setDomain("own"))
            .addNode(Onnx.node("Own", List.of("b"), "y").setDomain("own"))
            .addOutput(Onnx.value("y", Onnx.FLOAT, 1));
    try (OnnxModel model = open(graph)) {
      assertEquals(0, Segmenter.cutPoints(model, 1).size());
      assertEquals(1, Segmenter.group(model, SegmentOptions.DEFAULT).segments().size());
    }
    try (OnnxModel model = open(graph.addValueInfo(Onnx.value("b", Onnx.FLOAT, 1)))) {
      assertEquals(List.of(new Cut(2, List.of("b"))), Segmenter.cutPoints(model, 1));
    }
  }

  @Test
  void thousandsOfLayersAreGroupedToo() throws IOException {
    long[] widths = new long[3000];
    Arrays.fill(widths, 8);
    try (OnnxModel model = open(layers(widths))) {
      SegmentPlan plan =
          Segmenter.group(model, SegmentOptions.DEFAULT.withMinSegmentBytes(64 << 10));
      assertTrue(
          plan.segments().size() > 3 && plan.segments().size() <= 10, plan.cuts().toString());
    }
  }

  @Test
  void profileCountsWorkAndMemory() throws IOException {
    try (OnnxModel model = open(layers(64, 32, 16))) {
      List<LayerProfile> layers = new Profiler(model, Map.of("v0:0", 4L)).layers();
      assertEquals(4, layers.size());
      assertEquals(
          new LayerProfile("MatMul_m1", "MatMul", 2048, 8192, 8192, 512), layers.getFirst());
      Segment all =
          Segmenter.divide(model, SegmentOptions.DEFAULT.withSizes(Map.of("v0:0", 4L)), List.of())
              .segments()
              .getFirst();
      assertEquals(new Profile(2560, 10_240, 8192 + 2048, 1024 + 512, 256), all.profile());
    }
  }

  @Test
  void optionsThatMakeNoSenseAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> SegmentOptions.DEFAULT.withMaxSegments(0));
    assertThrows(
        IllegalArgumentException.class, () -> SegmentOptions.DEFAULT.withMinSegmentBytes(-1));
  }
}
