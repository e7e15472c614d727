package dev.insitu.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.insitu.model.Judge.Value;
import dev.insitu.model.proto.TypeProto;
import dev.insitu.model.proto.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ShapeInferenceTest {

  @TempDir Path folder;

  /**
   * Every value of the main graph is made an output; what was inferred must agree with what came
   * out.
   */
  @ParameterizedTest
  @MethodSource("dev.insitu.model.RealModels#all")
  void inferredShapesAreThoseThatTheRuntimeFinds(RealModels.Model real)
      throws IOException, OrtException {
    Path file = RealModels.file(real, folder);
    try (OnnxModel model = OnnxModel.open(file)) {
      List<Integer> nodes = model.order().running();
      List<ValueInfoProto> outputs = new ArrayList<>();
      for (int node : nodes) {
        for (String name : model.index().node(node).getOutputList()) {
          int type = model.facts().get(name).type();
          TypeProto.Builder proto = TypeProto.newBuilder();
          proto.getTensorTypeBuilder().setElemType(type);
          if (type != 0) {
            outputs.add(ValueInfoProto.newBuilder().setName(name).setType(proto).build());
          }
        }
      }
      Map<String, Value> found = runAll(model, real, outputs);
      Map<String, Fact> open = model.facts();
      Map<String, Fact> sized = model.facts(real.sizes());
      int unknown = 0;
      for (Map.Entry<String, Value> entry : found.entrySet()) {
        String name = entry.getKey();
        assertAgrees(name, open.get(name), entry.getValue());
        assertAgrees(name, sized.get(name), entry.getValue());
        unknown += sized.get(name).elements() < 0 ? 1 : 0;
      }
      boolean branches = real.path().startsWith("silero-vad/20");
      assertTrue(branches || unknown == 0, unknown + " shapes unknown of " + found.size());
    }
  }

  private Map<String, Value> runAll(
      OnnxModel model, RealModels.Model real, List<ValueInfoProto> outputs)
      throws IOException, OrtException {
    SegmentPlan plan = Segmenter.divide(model, SegmentOptions.DEFAULT, List.of());
    WeightLayout layout = new WeightLayout(model);
    layout.write(folder);
    List<ValueInfoProto> inputs =
        model.inputs().stream().map(input -> ValueTypes.input(model, input.name())).toList();
    Set<String> kept = outputs.stream().map(ValueInfoProto::getName).collect(Collectors.toSet());
    byte[] graph =
        new GraphWriter(model, new ShortNames(model, plan, kept), layout)
            .model(plan.segments().get(0).nodeIndices(), inputs, outputs)
            .toByteArray();
    Path file = Files.write(folder.resolve("all.onnx"), graph);
    return Judge.run(file, OptLevel.NO_OPT, Judge.inputs(model, real.sizes(), 2));
  }

  private static void assertAgrees(String name, Fact fact, Value value) {
    assertEquals(fact.type(), value.elementType(), name);
    if (fact.dims() == null) {
      return;
    }
    assertEquals(fact.dims().length, value.dims().length, name + " " + fact);
    for (int i = 0; i < value.dims().length; i++) {
      assertTrue(
          fact.dim(i) == -1 || fact.dim(i) == value.dims()[i],
          name + " " + fact + " found " + Dims.text(value.dims()));
    }
  }
}
