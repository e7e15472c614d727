package dev.insitu.forge.integer;

import dev.insitu.model.proto.AttributeProto;
import dev.insitu.model.proto.AttributeProto.AttributeType;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.OperatorSetIdProto;
import dev.insitu.model.proto.TensorProto;
import dev.insitu.model.proto.ValueInfoProto;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** A model's main graph, taken apart for rewriting: nodes in order, constants by name. */
public final class EditableGraph {

  private static final int AXES_ARE_INPUT_SINCE = 18;

  private final ModelProto frame; // all but nodes and initializers
  private final List<NodeProto> nodes;
  private final Map<String, TensorProto> constants = new LinkedHashMap<>();
  private final Set<String> taken = new HashSet<>();

  /** The main graph of a model. */
  public EditableGraph(ModelProto model) {
    nodes = new ArrayList<>(model.getGraph().getNodeList());
    model.getGraph().getInitializerList().forEach(this::put);
    GraphProto.Builder graph =
        model.getGraph().toBuilder().clearNode().clearInitializer().clearValueInfo();
    frame = model.toBuilder().setGraph(graph).build();
    taken.addAll(inputs());
    nodes.forEach(node -> taken.addAll(node.getOutputList()));
  }

  /** Another graph with the same content. */
  EditableGraph copy() {
    return new EditableGraph(build(nodes, List.of()));
  }

  /** The nodes; may be changed. */
  public List<NodeProto> nodes() {
    return nodes;
  }

  /** Adds a constant, or puts it in the place of the one with its name. */
  public void put(TensorProto constant) {
    constants.put(constant.getName(), constant);
    taken.add(constant.getName());
  }

  /** All constants. */
  public Collection<TensorProto> constants() {
    return constants.values();
  }

  /** The constant of that name; null if there is none. */
  public @Nullable TensorProto constant(String name) {
    return constants.get(name);
  }

  boolean isConstant(String name) {
    return constants.containsKey(name);
  }

  /** A name that no value has. */
  public String fresh(String wish) {
    String name = wish;
    for (int i = 2; !taken.add(name); i++) {
      name = wish + "_" + i;
    }
    return name;
  }

  /** Names of the inputs. */
  public List<String> inputs() {
    return frame.getGraph().getInputList().stream().map(ValueInfoProto::getName).toList();
  }

  /** Names of the outputs. */
  public Set<String> outputs() {
    Set<String> outputs = new LinkedHashSet<>();
    frame.getGraph().getOutputList().forEach(output -> outputs.add(output.getName()));
    return outputs;
  }

  /** The version of ONNX's own operators. */
  public int opset() {
    for (OperatorSetIdProto set : frame.getOpsetImportList()) {
      if (set.getDomain().isEmpty() || set.getDomain().equals("ai.onnx")) {
        return (int) set.getVersion();
      }
    }
    return 1;
  }

  /**
   * A node that takes means over dimensions, as the graph's opset writes it.
   *
   * @param name of the means
   * @param keep whether the dimensions stay, with length 1
   */
  public NodeProto mean(String value, String name, boolean keep, long... axes) {
    NodeProto.Builder node = Nodes.of("ReduceMean", List.of(value), name).toBuilder();
    node.addAttribute(
        AttributeProto.newBuilder()
            .setName("keepdims")
            .setType(AttributeType.INT)
            .setI(keep ? 1 : 0));
    if (opset() >= AXES_ARE_INPUT_SINCE) {
      String constant = fresh(name + "_axes");
      put(Constants.ofLongs(constant, axes, axes.length));
      return node.addInput(constant).build();
    }
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName("axes").setType(AttributeType.INTS);
    LongStream.of(axes).forEach(attribute::addInts);
    return node.addAttribute(attribute).build();
  }

  /** The node that makes each value. */
  public Map<String, NodeProto> producers() {
    Map<String, NodeProto> producers = new HashMap<>();
    for (NodeProto node : nodes) {
      node.getOutputList().forEach(output -> producers.put(output, node));
    }
    return producers;
  }

  /** How often each value is read, by nodes, inner graphs and as an output. */
  public Map<String, Integer> uses() {
    Map<String, Integer> uses = new HashMap<>();
    outputs().forEach(name -> uses.merge(name, 1, Integer::sum));
    for (NodeProto node : nodes) {
      Set<String> inner = new HashSet<>();
      Nodes.innerReads(node, inner);
      inner.forEach(name -> uses.merge(name, 1, Integer::sum));
      node.getInputList().forEach(name -> uses.merge(name, 1, Integer::sum));
    }
    return uses;
  }

  /** Names that graphs inside of nodes read. */
  Set<String> innerReads() {
    Set<String> reads = new HashSet<>();
    nodes.forEach(node -> Nodes.innerReads(node, reads));
    return reads;
  }

  /**
   * The model with these nodes, further values as outputs, and only the constants that are read.
   */
  public ModelProto build(List<NodeProto> some, List<String> extraOutputs) {
    Set<String> read = new HashSet<>(outputs());
    for (NodeProto node : some) {
      read.addAll(node.getInputList());
      Nodes.innerReads(node, read);
    }
    GraphProto.Builder graph = frame.getGraph().toBuilder().addAllNode(some);
    for (Map.Entry<String, TensorProto> constant : constants.entrySet()) {
      if (read.contains(constant.getKey())) {
        graph.addInitializer(constant.getValue());
      }
    }
    for (String output : extraOutputs) {
      graph.addOutput(ValueInfoProto.newBuilder().setName(output));
    }
    return frame.toBuilder().setGraph(graph).build();
  }

  /** The model. */
  public ModelProto build() {
    return build(nodes, List.of());
  }
}
