package dev.insitu.model;

import dev.insitu.model.proto.AttributeProto;
import dev.insitu.model.proto.FunctionProto;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.SparseTensorProto;
import dev.insitu.model.proto.TensorProto;
import dev.insitu.model.proto.ValueInfoProto;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Brings a model into the one form that everything after it relies on: every name is unique over
 * all graphs, constants of the main graph are initializers, every big tensor of a graph in a graph
 * is an initializer of the main graph (inner graphs see outer names), initializers are no inputs.
 */
final class Normalizer {

  /**
   * A model in that form.
   *
   * @param model the model
   * @param constants names of initializers that were Constant nodes: nobody outside knows them
   */
  record Result(ModelProto model, Set<String> constants) {}

  private final StoredTensors stored;
  private final InlineTensors inline;
  private final List<TensorProto> hoisted = new ArrayList<>();
  private final Set<String> constants = new HashSet<>();

  private Normalizer(StoredTensors stored) {
    this.stored = stored;
    this.inline = new InlineTensors(stored);
  }

  static Result normalize(ModelProto model, StoredTensors stored) {
    Normalizer normalizer = new Normalizer(stored);
    ModelProto.Builder normal = model.toBuilder();
    normal.setGraph(normalizer.mainGraph(model.getGraph())).clearFunctions();
    for (FunctionProto function : model.getFunctionsList()) {
      normal.addFunctions(normalizer.inline.function(function));
    }
    return new Result(normal.build(), normalizer.constants);
  }

  private GraphProto mainGraph(GraphProto graph) {
    Scope scope = Scope.main();
    Set<String> initializers = declare(graph, scope);
    GraphProto.Builder normal = graph.toBuilder().clearInput().clearNode();
    for (ValueInfoProto input : graph.getInputList()) {
      if (!initializers.contains(input.getName())) {
        normal.addInput(input);
      }
    }
    for (int i = 0; i < graph.getSparseInitializerCount(); i++) {
      normal.setSparseInitializer(i, inline.sparse(graph.getSparseInitializer(i)));
    }
    for (NodeProto node : graph.getNodeList()) {
      TensorProto constant = ConstantNodes.tensor(node);
      if (constant == null) {
        normal.addNode(node(node, scope));
      } else {
        constants.add(node.getOutput(0));
        normal.addInitializer(named(constant, node.getOutput(0)));
      }
    }
    for (ValueInfoProto output : graph.getOutputList()) {
      scope.resolve(output.getName(), "the output list");
    }
    return normal.addAllInitializer(hoisted).build();
  }

  /**
   * A tensor under a name; values that a Constant node held as a list become big tensors like any
   * other.
   */
  private TensorProto named(TensorProto tensor, String name) {
    TensorProto named = tensor.toBuilder().setName(name).build();
    return named.getRawData().size() > TensorReader.INLINE_INDEX_BYTES
        ? stored.mark(named, new HeapData(named.getRawData()))
        : named;
  }

  private GraphProto innerGraph(GraphProto graph, Scope parent) {
    Scope scope = parent.inner();
    declare(graph, scope);
    GraphProto.Builder normal = GraphProto.newBuilder().setName(graph.getName());
    Set<String> inputs = new HashSet<>();
    for (ValueInfoProto input : graph.getInputList()) {
      inputs.add(input.getName());
      normal.addInput(renamed(input, scope));
    }
    Set<String> outputs = new HashSet<>();
    for (ValueInfoProto output : graph.getOutputList()) {
      outputs.add(output.getName());
      normal.addOutput(renamed(output, scope));
    }
    for (TensorProto tensor : graph.getInitializerList()) {
      String name = tensor.getName();
      if (StoredTensors.number(tensor) >= 0 && !inputs.contains(name)) {
        hoist(tensor, name, outputs.contains(name), scope, normal);
      } else {
        normal.addInitializer(
            stored.inline(tensor).toBuilder().setName(scope.resolve(name, "an initializer")));
      }
    }
    for (SparseTensorProto sparse : graph.getSparseInitializerList()) {
      SparseTensorProto.Builder renamed = inline.sparse(sparse).toBuilder();
      renamed.getValuesBuilder().setName(scope.resolve(sparse.getValues().getName(), "a tensor"));
      normal.addSparseInitializer(renamed);
    }
    for (NodeProto node : graph.getNodeList()) {
      TensorProto constant = ConstantNodes.tensor(node);
      if (constant != null && StoredTensors.number(constant) >= 0) {
        String name = node.getOutput(0);
        hoist(constant, name, outputs.contains(name), scope, normal);
      } else {
        normal.addNode(node(node, scope));
      }
    }
    return normal.build();
  }

  /**
   * Moves a tensor to the main graph. An inner graph cannot return an outer value, so there a copy
   * is returned.
   */
  private void hoist(
      TensorProto tensor, String name, boolean returned, Scope scope, GraphProto.Builder from) {
    String inner = scope.resolve(name, "a constant");
    String outer = returned ? scope.unused(name) : inner;
    hoisted.add(tensor.toBuilder().setName(outer).build());
    if (returned) {
      from.addNode(NodeProto.newBuilder().setOpType("Identity").addInput(outer).addOutput(inner));
    }
  }

  private NodeProto node(NodeProto node, Scope scope) {
    NodeProto.Builder normal = node.toBuilder().clearInput().clearOutput().clearAttribute();
    for (String input : node.getInputList()) {
      normal.addInput(scope.resolve(input, Ops.text(node)));
    }
    for (String output : node.getOutputList()) {
      normal.addOutput(scope.resolve(output, Ops.text(node)));
    }
    for (AttributeProto attribute : node.getAttributeList()) {
      normal.addAttribute(attribute(attribute, scope));
    }
    return normal.build();
  }

  private AttributeProto attribute(AttributeProto attribute, Scope scope) {
    if (!attribute.hasG() && attribute.getGraphsCount() == 0) {
      return inline.attribute(attribute);
    }
    AttributeProto.Builder normal = attribute.toBuilder();
    if (attribute.hasG()) {
      normal.setG(innerGraph(attribute.getG(), scope));
    }
    for (int i = 0; i < attribute.getGraphsCount(); i++) {
      normal.setGraphs(i, innerGraph(attribute.getGraphs(i), scope));
    }
    return normal.build();
  }

  private static ValueInfoProto renamed(ValueInfoProto value, Scope scope) {
    return value.toBuilder().setName(scope.resolve(value.getName(), "the output list")).build();
  }

  /** Defines all names of a graph. Returns those of its initializers, which inputs may repeat. */
  private static Set<String> declare(GraphProto graph, Scope scope) {
    Set<String> initializers = new HashSet<>();
    for (TensorProto tensor : graph.getInitializerList()) {
      scope.define(tensor.getName(), "an initializer");
      initializers.add(tensor.getName());
    }
    for (SparseTensorProto sparse : graph.getSparseInitializerList()) {
      scope.define(sparse.getValues().getName(), "a sparse initializer");
      initializers.add(sparse.getValues().getName());
    }
    Set<String> inputs = new HashSet<>();
    for (ValueInfoProto input : graph.getInputList()) {
      if (!initializers.contains(input.getName()) || !inputs.add(input.getName())) {
        scope.define(input.getName(), "an input");
      }
    }
    for (NodeProto node : graph.getNodeList()) {
      for (String output : node.getOutputList()) {
        if (!output.isEmpty()) {
          scope.define(output, Ops.text(node));
        }
      }
    }
    return initializers;
  }
}
