package dev.insitu.forge.integer;

import dev.insitu.model.proto.NodeProto;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides which nodes compute in integers and which values are quantised for them.
 *
 * <p>Layers begin: what they read is quantised, and what a convolution makes. Nodes between whose
 * every input is quantised join, so that a residual stream stays integer, unless no integer node
 * reads them: the end of a model, and all between layers that has no integer kernel, stays float. A
 * Relu or Clip after an integer node vanishes: the codes end where it would cut.
 */
final class QuantisationPlan {

  /** Integer kernels with a range of their own for the result. */
  private static final Set<String> JOINING =
      Set.of(
          "Add",
          "Mul",
          "Concat",
          "GlobalAveragePool",
          "AveragePool",
          "Sigmoid",
          "LeakyRelu",
          "Relu",
          "Clip",
          "MatMul");

  /** What only moves codes, so that the result has the range of the input. */
  private static final Set<String> MOVING =
      Set.of(
          "MaxPool",
          "Reshape",
          "Flatten",
          "Transpose",
          "Squeeze",
          "Unsqueeze",
          "Slice",
          "Pad",
          "DepthToSpace",
          "SpaceToDepth",
          "Tile",
          "Expand",
          "Identity");

  private final EditableGraph graph;
  private final Set<String> floats;
  private final Map<String, Layer> layers = new LinkedHashMap<>(); // by output
  private final Map<String, NodeProto> activations = new HashMap<>(); // by the value they cut
  private final Set<String> joined = new LinkedHashSet<>(); // first outputs of joining nodes
  private final Set<String> values = new LinkedHashSet<>();
  private final Map<String, String> sameRange = new HashMap<>();

  private QuantisationPlan(EditableGraph graph, Set<String> floats) {
    this.graph = graph;
    this.floats = floats;
  }

  /**
   * @param floats names of all values that are float32
   * @param keepFloat names of layers that stay float
   */
  static QuantisationPlan of(EditableGraph graph, Set<String> floats, Set<String> keepFloat) {
    QuantisationPlan plan = new QuantisationPlan(graph, floats);
    for (Layer layer : candidates(graph, floats)) {
      if (keepFloat.stream().noneMatch(layer::isCalled)) {
        plan.layers.put(layer.output(), layer);
      }
    }
    plan.findActivations();
    plan.join();
    plan.leaveWhatNobodyReads();
    plan.chooseValues();
    return plan;
  }

  /** All layers that could be integer. */
  static List<Layer> candidates(EditableGraph graph, Set<String> floats) {
    List<Layer> found = new ArrayList<>();
    for (NodeProto node : graph.nodes()) {
      Layer layer = Layer.of(node, graph);
      if (layer != null && floats.contains(layer.input())) {
        found.add(layer);
      }
    }
    return found;
  }

  /** Layers that compute in integers. */
  List<Layer> layers() {
    return List.copyOf(layers.values());
  }

  @Nullable Layer layer(NodeProto node) {
    return layers.get(Nodes.isStandard(node) && node.getOutputCount() > 0 ? node.getOutput(0) : "");
  }

  /** Whether the node computes in integers. */
  boolean isInteger(NodeProto node) {
    return node.getOutputCount() > 0
        && (layers.containsKey(node.getOutput(0)) || joined.contains(node.getOutput(0)));
  }

  /** Values with codes, by name. */
  Set<String> values() {
    return Collections.unmodifiableSet(values);
  }

  /** The value whose range a value has. */
  String rangeOf(String value) {
    String at = value;
    while (sameRange.containsKey(at)) {
      at = sameRange.get(at);
    }
    return at;
  }

  /** Values whose ranges must be known. */
  Set<String> ranges() {
    Set<String> ranges = new LinkedHashSet<>();
    values.forEach(value -> ranges.add(rangeOf(value)));
    return ranges;
  }

  /** The name of what an integer node makes after the activation that vanished into it. */
  String result(String output) {
    NodeProto activation = absorbed(output);
    return activation == null ? output : activation.getOutput(0);
  }

  /** Whether the node is an activation that vanished. */
  boolean isAbsorbed(NodeProto node) {
    return node.getInputCount() > 0 && Objects.equals(absorbed(node.getInput(0)), node);
  }

  private @Nullable NodeProto absorbed(String output) {
    NodeProto activation = activations.get(output);
    boolean integer = layers.containsKey(output) || joined.contains(output);
    return activation != null && integer && values.contains(activation.getOutput(0))
        ? activation
        : null;
  }

  private void findActivations() {
    Map<String, Integer> uses = graph.uses();
    Map<String, NodeProto> producers = graph.producers();
    Set<String> inner = graph.innerReads();
    for (NodeProto node : graph.nodes()) {
      String cut = Nodes.input(node, 0);
      NodeProto producer = producers.get(cut);
      boolean alone = uses.getOrDefault(cut, 0) == 1 && !inner.contains(cut);
      if (alone && producer != null && cutsAroundZero(node) && !isMoving(producer)) {
        activations.put(cut, node);
      }
    }
  }

  private boolean cutsAroundZero(NodeProto node) {
    if (Nodes.is(node, "Relu")) {
      return true;
    }
    return Nodes.is(node, "Clip") && bound(node, 1, -1) <= 0 && bound(node, 2, 1) >= 0;
  }

  private float bound(NodeProto clip, int input, float otherwise) {
    String name = Nodes.input(clip, input);
    float[] bound = Constants.floats(graph.constant(name));
    return name.isEmpty() ? otherwise : bound == null || bound.length != 1 ? Float.NaN : bound[0];
  }

  private void join() {
    for (Layer layer : layers.values()) {
      values.add(layer.input());
      if (layer.isConvolution()) {
        values.add(plannedResult(layer.output()));
      }
    }
    boolean changed = true;
    while (changed) {
      changed = false;
      for (NodeProto node : graph.nodes()) {
        if (!isInteger(node) && canJoin(node)) {
          joined.add(node.getOutput(0));
          changed = true;
          values.add(isMoving(node) ? node.getOutput(0) : plannedResult(node.getOutput(0)));
        }
      }
    }
  }

  private String plannedResult(String output) {
    NodeProto activation = activations.get(output);
    return activation == null ? output : activation.getOutput(0);
  }

  private boolean canJoin(NodeProto node) {
    boolean known = isMoving(node) || Nodes.isOneOf(node, JOINING);
    if (!known || node.getOutputCount() != 1 || !floats.contains(node.getOutput(0))) {
      return false;
    }
    if (isMoving(node) || Nodes.is(node, "Clip")) {
      return values.contains(node.getInput(0));
    }
    String before = node.getInput(0);
    boolean vanishes = Objects.equals(activations.get(before), node) && hasInteger(before);
    boolean some = node.getInputList().stream().anyMatch(values::contains);
    return some && !vanishes && node.getInputList().stream().allMatch(this::isReady);
  }

  private boolean hasInteger(String value) {
    return layers.containsKey(value) || joined.contains(value);
  }

  private boolean isReady(String input) {
    return values.contains(input) || Constants.floats(graph.constant(input)) != null;
  }

  private boolean isMoving(NodeProto node) {
    if (Nodes.is(node, "Pad")) {
      String fill = Nodes.input(node, 2);
      float[] value = Constants.floats(graph.constant(fill));
      return fill.isEmpty() || value != null && value.length == 1 && value[0] == 0;
    }
    return Nodes.isOneOf(node, MOVING);
  }

  /** From the end on: a joined node whose result no integer node reads is float after all. */
  private void leaveWhatNobodyReads() {
    boolean changed = true;
    while (changed) {
      Set<String> read = new HashSet<>();
      for (NodeProto node : graph.nodes()) {
        if (isInteger(node)) {
          read.addAll(node.getInputList());
        }
      }
      changed =
          joined.removeIf(
              output -> !read.contains(output) && !read.contains(plannedResult(output)));
    }
  }

  private void chooseValues() {
    Set<String> wanted = new LinkedHashSet<>();
    for (NodeProto node : graph.nodes()) {
      Layer layer = layer(node);
      if (layer != null) {
        wanted.add(layer.input());
        if (layer.isConvolution()) {
          wanted.add(plannedResult(layer.output()));
        }
      } else if (isInteger(node)) {
        node.getInputList().stream().filter(values::contains).forEach(wanted::add);
        wanted.add(isMoving(node) ? node.getOutput(0) : plannedResult(node.getOutput(0)));
        if (isMoving(node)) {
          sameRange.put(node.getOutput(0), node.getInput(0));
        }
      }
    }
    values.clear();
    values.addAll(wanted);
  }
}
