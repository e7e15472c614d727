package dev.insitu.forge.integer;

import dev.insitu.forge.integer.CodeType.Codes;
import dev.insitu.forge.samples.Samples;
import dev.insitu.model.proto.NodeProto;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures the mean error that quantising each layer's input and weights makes in each output
 * channel.
 *
 * <p>Beside every layer of the float model runs its quantised twin on the same input; only the mean
 * differences leave the engine, so one pass with a few numbers per layer suffices. A layer is
 * judged alone: what its predecessors do wrong is corrected in them.
 */
final class LayerErrors {

  private final EditableGraph graph;
  private final Survey survey;
  private final ChannelMeans means;
  private final Map<String, String> layerOf = new LinkedHashMap<>(); // output -> layer

  private LayerErrors(EditableGraph graph, Survey survey) {
    this.graph = graph.copy();
    this.survey = survey;
    this.means = new ChannelMeans(this.graph);
  }

  /**
   * Mean of twin minus float, by layer and channel.
   *
   * @param codes of the ranges that the plan asks for
   */
  static Map<String, double[]> meanShifts(
      EditableGraph graph,
      Survey survey,
      QuantisationPlan plan,
      Map<String, Codes> codes,
      IntegerOptions options,
      Samples samples) {
    LayerErrors errors = new LayerErrors(graph, survey);
    for (Layer layer : plan.layers()) {
      Codes input = codes.get(plan.rangeOf(layer.input()));
      if (layer.takesBias() && input != null) {
        errors.addTwin(layer, input, options.codes(layer, layer.bias(), input.scale()));
      }
    }
    Map<String, double[]> shifts = new HashMap<>();
    errors.means.run(samples).forEach((name, shift) -> shifts.put(errors.layerOf.get(name), shift));
    return shifts;
  }

  private void addTwin(Layer layer, Codes input, WeightCodes weights) {
    String name = layer.output();
    String scale = graph.fresh(name + "_twin_scale");
    String zero = graph.fresh(name + "_twin_zero");
    graph.put(Constants.ofFloats(scale, new float[] {input.scale()}));
    graph.put(Constants.ofBytes(zero, input.type().onnx(), new byte[] {(byte) input.zero()}));
    String coded = add("QuantizeLinear", List.of(layer.input(), scale, zero), name + "_twin_q");
    String restored = add("DequantizeLinear", List.of(coded, scale, zero), name + "_twin_dq");
    String weight = graph.fresh(name + "_twin_weight");
    graph.put(Constants.ofFloats(weight, weights.values(), layer.dims()));
    String twin = graph.fresh(name + "_twin");
    NodeProto node = Nodes.withInput(Nodes.withInput(layer.node(), 0, restored), 1, weight);
    graph.nodes().add(node.toBuilder().setOutput(0, twin).clearName().build());
    String difference = add("Sub", List.of(twin, name), name + "_twin_error");
    int rank = survey.shapes().getOrDefault(name, new long[2]).length;
    layerOf.put(means.add(difference, rank), layer.name());
  }

  private String add(String operator, List<String> inputs, String wish) {
    String name = graph.fresh(wish);
    graph.nodes().add(Nodes.of(operator, inputs, name));
    return name;
  }
}
