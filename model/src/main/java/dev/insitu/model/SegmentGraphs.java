package dev.insitu.model;

import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.ValueInfoProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Makes finished ONNX graphs of a divided model: one for each segment and one of the whole. Their
 * weights are EXTERNAL initializers in {@link WeightLocator#FILE}; small constants are inside.
 * Inputs, outputs, what crosses a cut and weights have the same names in all of them, as in the
 * segments and weights themselves; other names are short and meaningless. What no runtime needs
 * (documentation, notes, node names, shapes of inner values) is left out. What crosses a cut as
 * float16 or bfloat16 does so as float32.
 */
public final class SegmentGraphs {

  private final OnnxModel model;
  private final ShortNames names;
  private final Widening widening;

  /** Graphs of a model as it was divided. */
  public SegmentGraphs(OnnxModel model, SegmentPlan plan) {
    this.model = model;
    this.names = new ShortNames(model, plan, Set.of());
    this.widening = new Widening(model, names);
  }

  /**
   * A stand-alone model of one segment.
   *
   * @return a serialized ModelProto
   */
  public byte[] segmentGraph(Segment segment, WeightLocator locator) {
    List<ValueInfoProto> inputs = new ArrayList<>();
    segment.inputs().forEach(name -> inputs.add(ValueTypes.input(model, name)));
    List<ValueInfoProto> outputs = new ArrayList<>();
    segment.outputs().forEach(name -> outputs.add(ValueTypes.output(model, name)));
    ModelProto graph =
        new GraphWriter(model, names, locator).model(segment.nodeIndices(), inputs, outputs);
    return widening.add(segment, graph).toByteArray();
  }

  /**
   * The whole model as one graph.
   *
   * @return a serialized ModelProto
   */
  public byte[] wholeGraph(WeightLocator locator) {
    List<Integer> nodes = new ArrayList<>();
    List<Integer> running = model.order().running();
    for (int node : model.order().withConstants(model.index(), running, model.index().outputs())) {
      nodes.add(node);
    }
    List<ValueInfoProto> inputs = new ArrayList<>();
    model.index().inputs().forEach(name -> inputs.add(ValueTypes.input(model, name)));
    List<ValueInfoProto> outputs = new ArrayList<>();
    model.index().outputs().forEach(name -> outputs.add(ValueTypes.output(model, name)));
    return new GraphWriter(model, names, locator).model(nodes, inputs, outputs).toByteArray();
  }
}
