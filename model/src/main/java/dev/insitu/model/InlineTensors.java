package dev.insitu.model;

import dev.insitu.model.proto.AttributeProto;
import dev.insitu.model.proto.FunctionProto;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.SparseTensorProto;

/**
 * Brings values into the skeleton where a runtime cannot take them from a file: attributes, sparse
 * tensors, functions.
 */
final class InlineTensors {

  private final StoredTensors stored;

  InlineTensors(StoredTensors stored) {
    this.stored = stored;
  }

  FunctionProto function(FunctionProto function) {
    FunctionProto.Builder inline = function.toBuilder();
    for (int i = 0; i < function.getNodeCount(); i++) {
      inline.setNode(i, node(function.getNode(i)));
    }
    for (int i = 0; i < function.getAttributeProtoCount(); i++) {
      inline.setAttributeProto(i, attribute(function.getAttributeProto(i)));
    }
    return inline.build();
  }

  NodeProto node(NodeProto node) {
    NodeProto.Builder inline = node.toBuilder();
    for (int i = 0; i < node.getAttributeCount(); i++) {
      inline.setAttribute(i, attribute(node.getAttribute(i)));
    }
    return inline.build();
  }

  AttributeProto attribute(AttributeProto attribute) {
    AttributeProto.Builder inline = attribute.toBuilder();
    if (attribute.hasT()) {
      inline.setT(stored.inline(attribute.getT()));
    }
    if (attribute.hasG()) {
      inline.setG(graph(attribute.getG()));
    }
    if (attribute.hasSparseTensor()) {
      inline.setSparseTensor(sparse(attribute.getSparseTensor()));
    }
    for (int i = 0; i < attribute.getTensorsCount(); i++) {
      inline.setTensors(i, stored.inline(attribute.getTensors(i)));
    }
    for (int i = 0; i < attribute.getGraphsCount(); i++) {
      inline.setGraphs(i, graph(attribute.getGraphs(i)));
    }
    for (int i = 0; i < attribute.getSparseTensorsCount(); i++) {
      inline.setSparseTensors(i, sparse(attribute.getSparseTensors(i)));
    }
    return inline.build();
  }

  SparseTensorProto sparse(SparseTensorProto sparse) {
    return sparse.toBuilder()
        .setValues(stored.inline(sparse.getValues()))
        .setIndices(stored.inline(sparse.getIndices()))
        .build();
  }

  private GraphProto graph(GraphProto graph) {
    GraphProto.Builder inline = graph.toBuilder();
    for (int i = 0; i < graph.getNodeCount(); i++) {
      inline.setNode(i, node(graph.getNode(i)));
    }
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      inline.setInitializer(i, stored.inline(graph.getInitializer(i)));
    }
    for (int i = 0; i < graph.getSparseInitializerCount(); i++) {
      inline.setSparseInitializer(i, sparse(graph.getSparseInitializer(i)));
    }
    return inline.build();
  }
}
