package dev.insitu.model;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.insitu.model.Judge.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All graphs that are made of one model, with its weights in a weight file, checked against the
 * model's own file.
 */
final class Forms {

  private final OnnxModel model;
  private final SegmentPlan plan;
  private final SegmentGraphs graphs;
  private final WeightLayout layout;
  private final Path folder;

  Forms(OnnxModel model, SegmentPlan plan, Path folder) throws IOException {
    this.model = model;
    this.plan = plan;
    this.graphs = new SegmentGraphs(model, plan);
    this.layout = new WeightLayout(model);
    this.folder = Files.createDirectories(folder);
    layout.write(folder);
  }

  /** A model cut wherever it can be. */
  static Forms everywhere(OnnxModel model, Path folder) throws IOException {
    List<Cut> cuts = Segmenter.cutPoints(model, SegmentOptions.DEFAULT.maxValues());
    return new Forms(model, Segmenter.divide(model, SegmentOptions.DEFAULT, cuts), folder);
  }

  SegmentPlan plan() {
    return plan;
  }

  SegmentGraphs graphs() {
    return graphs;
  }

  WeightLayout layout() {
    return layout;
  }

  /** Runs the original, the chain of segments, the whole graph and the plain file. */
  void assertSame(Map<String, Value> inputs, OptLevel... levels) throws IOException, OrtException {
    Path whole = Files.write(folder.resolve("whole.onnx"), graphs.wholeGraph(layout));
    Path plain = Files.createDirectories(folder.resolve("plain")).resolve("plain.onnx");
    PlainOnnx.write(graphs.wholeGraph(layout), WeightStore.of(model, layout), plain);
    for (OptLevel level : levels) {
      Map<String, Value> expected = Judge.run(model.file(), level, inputs);
      Judge.assertSame(expected, segments(level, inputs));
      Judge.assertSame(expected, Judge.run(whole, level, inputs));
      Judge.assertSame(expected, Judge.run(plain, level, inputs));
    }
  }

  private Map<String, Value> segments(OptLevel level, Map<String, Value> inputs)
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
}
