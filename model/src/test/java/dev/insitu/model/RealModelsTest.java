package dev.insitu.model;

import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import com.github.luben.zstd.Zstd;
import dev.insitu.model.Judge.Value;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RealModelsTest {

  @TempDir Path folder;

  @ParameterizedTest
  @MethodSource("dev.insitu.model.RealModels#all")
  void everyFormComputesTheSame(RealModels.Model real) throws IOException, OrtException {
    Path file = RealModels.file(real, folder);
    try (OnnxModel model = OnnxModel.open(file)) {
      SegmentOptions options = SegmentOptions.DEFAULT.withSizes(real.sizes());
      int cuts = Segmenter.cutPoints(model, options.maxValues()).size();
      assertTrue(cuts >= real.minCuts(), cuts + " cuts");
      SegmentPlan plan = Segmenter.group(model, options);
      if (plan.segments().size() == 1 && cuts > 0) {
        plan = Segmenter.group(model, options.withMinSegmentBytes(0));
      }
      SegmentGraphs graphs = new SegmentGraphs(model, plan);
      WeightLayout layout = new WeightLayout(model);
      layout.write(folder);
      Map<String, Value> inputs = Judge.inputs(model, real.sizes(), 1);
      report(real, model, plan, cuts, graphs, layout);
      for (OptLevel level : new OptLevel[] {OptLevel.BASIC_OPT, OptLevel.ALL_OPT}) {
        Map<String, Value> expected = Judge.run(file, level, inputs);
        Judge.assertSame(expected, segments(model, plan, graphs, layout, level, inputs));
        Path whole = Files.write(folder.resolve("whole.onnx"), graphs.wholeGraph(layout));
        Judge.assertSame(expected, Judge.run(whole, level, inputs));
        Path plain = folder.resolve("plain").resolve("plain.onnx");
        Files.createDirectories(plain.getParent());
        PlainOnnx.write(graphs.wholeGraph(layout), WeightStore.of(model, layout), plain);
        Judge.assertSame(expected, Judge.run(plain, level, inputs));
      }
    }
  }

  private Map<String, Value> segments(
      OnnxModel model,
      SegmentPlan plan,
      SegmentGraphs graphs,
      WeightLayout layout,
      OptLevel level,
      Map<String, Value> inputs)
      throws IOException, OrtException {
    Map<String, Value> values = new HashMap<>(inputs);
    for (Segment segment : plan.segments()) {
      Path graph =
          Files.write(
              folder.resolve("segment" + segment.index() + ".onnx"),
              graphs.segmentGraph(segment, layout));
      values.putAll(Judge.run(graph, level, values));
    }
    Map<String, Value> outputs = new LinkedHashMap<>();
    model.outputs().forEach(output -> outputs.put(output.name(), values.get(output.name())));
    return outputs;
  }

  private static void report(
      RealModels.Model real,
      OnnxModel model,
      SegmentPlan plan,
      int cuts,
      SegmentGraphs graphs,
      WeightLayout layout)
      throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Segment segment : plan.segments()) {
      all.writeBytes(graphs.segmentGraph(segment, layout));
    }
    byte[] whole = graphs.wholeGraph(layout);
    all.writeBytes(whole);
    System.out.printf(
        "MODEL %-45s weights %4d params %,11d cuts %4d segments %2d graphs %,8d B whole %,8d B zstd %,7d B%n",
        real.path(),
        model.weights().size(),
        model.parameterCount(),
        cuts,
        plan.segments().size(),
        all.size(),
        whole.length,
        Zstd.compress(all.toByteArray(), 19).length);
    for (Segment segment : plan.segments()) {
      System.out.println(
          "   "
              + segment.nodeIndices().size()
              + " nodes "
              + segment.inputs()
              + " -> "
              + segment.outputs()
              + " "
              + segment.profile());
    }
  }
}
