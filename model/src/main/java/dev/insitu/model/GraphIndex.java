package dev.insitu.model;

import dev.insitu.model.proto.AttributeProto;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.SparseTensorProto;
import dev.insitu.model.proto.TensorProto;
import dev.insitu.model.proto.ValueInfoProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who makes and who reads each value of a normalized main graph. Nodes are known by their index in
 * it.
 */
final class GraphIndex {

  private final GraphProto graph;
  private final Map<String, TensorProto> initializers = new LinkedHashMap<>();
  private final Map<String, SparseTensorProto> sparseInitializers = new LinkedHashMap<>();
  private final Map<String, Integer> producers = new HashMap<>();
  private final List<List<String>> reads = new ArrayList<>();
  private final Set<String> inputs = new LinkedHashSet<>();
  private final Set<String> outputs = new LinkedHashSet<>();

  GraphIndex(GraphProto graph) {
    this.graph = graph;
    graph.getInitializerList().forEach(tensor -> initializers.put(tensor.getName(), tensor));
    for (SparseTensorProto sparse : graph.getSparseInitializerList()) {
      sparseInitializers.put(sparse.getValues().getName(), sparse);
    }
    for (int i = 0; i < graph.getNodeCount(); i++) {
      NodeProto node = graph.getNode(i);
      for (String output : node.getOutputList()) {
        producers.put(output, i);
      }
      reads.add(List.copyOf(reads(node)));
    }
    graph.getInputList().forEach(input -> inputs.add(input.getName()));
    for (ValueInfoProto output : graph.getOutputList()) {
      outputs.add(output.getName());
    }
  }

  GraphProto graph() {
    return graph;
  }

  int nodeCount() {
    return graph.getNodeCount();
  }

  NodeProto node(int index) {
    return graph.getNode(index);
  }

  Map<String, TensorProto> initializers() {
    return initializers;
  }

  Map<String, SparseTensorProto> sparseInitializers() {
    return sparseInitializers;
  }

  boolean isConstant(String name) {
    return initializers.containsKey(name) || sparseInitializers.containsKey(name);
  }

  Set<String> inputs() {
    return inputs;
  }

  Set<String> outputs() {
    return outputs;
  }

  /** The node that makes a value; -1 if it is an input or a constant. */
  int producer(String name) {
    return producers.getOrDefault(name, -1);
  }

  /** What a node reads, in its own inputs or from inside its graphs; each value once. */
  List<String> reads(int node) {
    return reads.get(node);
  }

  private static Set<String> reads(NodeProto node) {
    Set<String> names = new LinkedHashSet<>();
    for (String input : node.getInputList()) {
      if (!input.isEmpty()) {
        names.add(input);
      }
    }
    Set<String> defined = new HashSet<>();
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.hasG()) {
        readsInside(attribute.getG(), names, defined);
      }
      attribute.getGraphsList().forEach(inner -> readsInside(inner, names, defined));
    }
    names.removeAll(defined);
    return names;
  }

  /**
   * Names are unique over all graphs, so what is read and not defined inside comes from outside.
   */
  private static void readsInside(GraphProto graph, Set<String> names, Set<String> defined) {
    graph.getInputList().forEach(input -> defined.add(input.getName()));
    graph.getInitializerList().forEach(tensor -> defined.add(tensor.getName()));
    graph.getSparseInitializerList().forEach(sparse -> defined.add(sparse.getValues().getName()));
    for (NodeProto node : graph.getNodeList()) {
      defined.addAll(node.getOutputList());
      names.addAll(reads(node));
    }
    graph.getOutputList().forEach(output -> names.add(output.getName()));
  }
}
