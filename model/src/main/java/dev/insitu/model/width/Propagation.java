package dev.insitu.model.width;

import dev.insitu.model.ElementTypes;
import dev.insitu.model.GraphFacts;
import dev.insitu.model.OnnxModel;
import dev.insitu.model.Weight;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.TensorProto;
import dev.insitu.model.proto.TensorProto.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Walks a graph and labels every dimension of every value: weights' dimensions get new labels,
 * operators join, hand on or pin them. Inputs, outputs and whatever an operator without a rule
 * touches are pinned.
 */
final class Propagation {

  private final OnnxModel model;
  private final GraphFacts facts;
  private final Labels labels = new Labels();
  private final Factors factors;
  private final Map<String, Labelled> values = new LinkedHashMap<>();

  private Propagation(OnnxModel model, GraphFacts facts, Factors factors) {
    this.model = model;
    this.facts = facts;
    this.factors = factors;
    walk();
  }

  static Propagation of(OnnxModel model, Map<String, Long> sizes) {
    GraphFacts facts = GraphFacts.of(model, sizes);
    Propagation first = new Propagation(model, facts, Factors.asking());
    return new Propagation(model, facts, first.factors.answered(first.labels));
  }

  GraphFacts facts() {
    return facts;
  }

  Labels labels() {
    return labels;
  }

  Map<String, Labelled> values() {
    return values;
  }

  private void walk() {
    GraphProto graph = model.skeleton().getGraph();
    graph.getInputList().forEach(input -> fix(input.getName(), false));
    graph.getSparseInitializerList().forEach(sparse -> fix(sparse.getValues().getName(), true));
    constants(graph);
    for (int i = 0; i < facts.nodes().size(); i++) {
      node(i, facts.nodes().get(i));
    }
    graph.getOutputList().forEach(output -> pin(output.getName()));
  }

  private void fix(String value, boolean constant) {
    long[] dims = facts.dims(value);
    int rank = dims == null ? 0 : dims.length;
    values.put(value, new Labelled(Step.fixed(rank), constant));
  }

  private void pin(String value) {
    values.getOrDefault(value, Labelled.UNKNOWN).axes().forEach(labels::pin);
  }

  private void node(int number, GraphFacts.Node node) {
    Step step = new Step(number, node.proto(), model.opset(), facts, labels, factors, values);
    step.fixOutputs();
    if (!WidthRules.apply(step)) {
      node.reads().forEach(this::pin);
      node.proto().getOutputList().forEach(this::pin);
      step.fixOutputs();
    }
  }

  /** Initializers of one weight have the same labels; if their shapes differ, they are fixed. */
  private void constants(GraphProto graph) {
    Set<Integer> reshaped = new HashSet<>();
    for (TensorProto tensor : graph.getInitializerList()) {
      int number = facts.weight(tensor.getName());
      if (number >= 0 && !Arrays.equals(model.weights().get(number).dims(), dims(tensor))) {
        reshaped.add(number);
      }
    }
    Map<Integer, Labelled> weights = new HashMap<>();
    for (TensorProto tensor : graph.getInitializerList()) {
      int number = facts.weight(tensor.getName());
      if (number < 0 && isParameter(tensor)) {
        values.put(tensor.getName(), labelled(tensor.getName(), dims(tensor)));
      } else if (number >= 0 && isParameter(tensor) && !reshaped.contains(number)) {
        Weight weight = model.weights().get(number);
        values.put(
            tensor.getName(),
            weights.computeIfAbsent(number, k -> labelled(weight.name(), weight.dims())));
      } else {
        fix(tensor.getName(), true);
      }
    }
  }

  private static long[] dims(TensorProto tensor) {
    return tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
  }

  /** Whether the tensor's elements are whole bytes and there, and may be parameters. */
  private static boolean isParameter(TensorProto tensor) {
    int type = tensor.getDataType();
    boolean small = type == DataType.INT8_VALUE || type == DataType.UINT8_VALUE;
    boolean whole = ElementTypes.bits(type) % 8 == 0 && ElementTypes.bits(type) > 0;
    boolean there =
        tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL
            || tensor.getRawData().size()
                == ElementTypes.byteLength(type, ElementTypes.elements(dims(tensor)));
    return whole && there && (ElementTypes.isFloat(type) || small || type == DataType.INT32_VALUE);
  }

  private Labelled labelled(String name, long[] dims) {
    List<Axis> axes = new ArrayList<>();
    for (int i = 0; i < dims.length; i++) {
      axes.add(labels.fresh(name, i, dims[i]));
    }
    return new Labelled(axes, true);
  }
}
