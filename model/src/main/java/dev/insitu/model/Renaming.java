package dev.insitu.model;

import dev.insitu.model.proto.AttributeProto;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.SparseTensorProto;
import java.util.HashSet;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Gives values other names, in inner graphs too. Local functions have names of their own and stay
 * as they are. The empty name, which stands for nothing, stays empty.
 */
public final class Renaming {

  private final UnaryOperator<String> names;

  private Renaming(UnaryOperator<String> names) {
    this.names = names;
  }

  /** The model with every value renamed. */
  public static ModelProto of(ModelProto model, UnaryOperator<String> names) {
    return model.toBuilder().setGraph(new Renaming(names).graph(model.getGraph())).build();
  }

  /** The names of all values, in inner graphs too. */
  static Set<String> names(ModelProto model) {
    Set<String> found = new HashSet<>();
    of(
        model,
        name -> {
          found.add(name);
          return name;
        });
    return found;
  }

  private String of(String name) {
    return name.isEmpty() ? name : names.apply(name);
  }

  private GraphProto graph(GraphProto graph) {
    GraphProto.Builder renamed = graph.toBuilder();
    renamed.getInputBuilderList().forEach(value -> value.setName(of(value.getName())));
    renamed.getOutputBuilderList().forEach(value -> value.setName(of(value.getName())));
    renamed.getValueInfoBuilderList().forEach(value -> value.setName(of(value.getName())));
    renamed.getInitializerBuilderList().forEach(tensor -> tensor.setName(of(tensor.getName())));
    for (SparseTensorProto.Builder sparse : renamed.getSparseInitializerBuilderList()) {
      sparse.getValuesBuilder().setName(of(sparse.getValues().getName()));
    }
    for (int i = 0; i < renamed.getNodeCount(); i++) {
      renamed.setNode(i, node(renamed.getNode(i)));
    }
    return renamed.build();
  }

  private NodeProto node(NodeProto node) {
    NodeProto.Builder renamed = node.toBuilder().clearInput().clearOutput();
    node.getInputList().forEach(input -> renamed.addInput(of(input)));
    node.getOutputList().forEach(output -> renamed.addOutput(of(output)));
    for (AttributeProto.Builder attribute : renamed.getAttributeBuilderList()) {
      if (attribute.hasG()) {
        attribute.setG(graph(attribute.getG()));
      }
      for (int i = 0; i < attribute.getGraphsCount(); i++) {
        attribute.setGraphs(i, graph(attribute.getGraphs(i)));
      }
    }
    return renamed.build();
  }
}
