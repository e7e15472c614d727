package dev.insitu.model;

import dev.insitu.model.proto.AttributeProto;
import dev.insitu.model.proto.FunctionProto;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.OperatorSetIdProto;
import dev.insitu.model.proto.SparseTensorProto;
import dev.insitu.model.proto.StringStringEntryProto;
import dev.insitu.model.proto.TensorProto;
import dev.insitu.model.proto.ValueInfoProto;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Writes some nodes of a model as a model of their own. The same node or weight is the same bytes
 * in every graph and in the same order, so graphs compressed together cost little more than the
 * largest.
 */
final class GraphWriter {

  /** Before this version initializers had to be inputs too. */
  private static final long MIN_IR_VERSION = 4;

  private final OnnxModel model;
  private final ShortNames names;
  private final WeightLocator locator;
  private final Set<String> domains = new LinkedHashSet<>();
  private final Map<String, FunctionProto> functions = new LinkedHashMap<>();

  GraphWriter(OnnxModel model, ShortNames names, WeightLocator locator) {
    this.model = model;
    this.names = names;
    this.locator = locator;
  }

  ModelProto model(List<Integer> nodes, List<ValueInfoProto> inputs, List<ValueInfoProto> outputs) {
    GraphProto.Builder graph = GraphProto.newBuilder().setName("g");
    Set<String> read = new LinkedHashSet<>();
    for (int node : nodes) {
      read.addAll(model.index().reads(node));
      graph.addNode(node(model.index().node(node)));
    }
    outputs.forEach(output -> read.add(output.getName()));
    initializers(read, graph);
    graph.addAllInput(inputs).addAllOutput(outputs);
    ModelProto.Builder written =
        ModelProto.newBuilder()
            .setIrVersion(Math.max(MIN_IR_VERSION, model.irVersion()))
            .setGraph(graph)
            .addAllFunctions(functions.values());
    for (OperatorSetIdProto set : model.skeleton().getOpsetImportList()) {
      if (Ops.isStandard(set.getDomain()) || domains.contains(set.getDomain())) {
        written.addOpsetImport(set);
      }
    }
    return written.build();
  }

  /** Weights by number, then the other constants as they are first read. */
  private void initializers(Set<String> read, GraphProto.Builder graph) {
    TreeMap<Integer, Map<String, TensorProto>> weights = new TreeMap<>();
    Map<String, TensorProto> small = new LinkedHashMap<>();
    for (String name : read) {
      TensorProto tensor = model.index().initializers().get(name);
      SparseTensorProto sparse = model.index().sparseInitializers().get(name);
      if (sparse != null) {
        graph.addSparseInitializer(sparse);
      } else if (tensor != null && StoredTensors.number(tensor) >= 0) {
        int number = StoredTensors.number(tensor);
        weights.computeIfAbsent(number, k -> new LinkedHashMap<>()).put(names.of(name), tensor);
      } else if (tensor != null) {
        small.put(names.of(name), tensor);
      }
    }
    weights.forEach(
        (number, same) -> same.forEach((name, t) -> graph.addInitializer(weight(number, name, t))));
    small.forEach((name, t) -> graph.addInitializer(t.toBuilder().setName(name)));
  }

  private TensorProto weight(int number, String name, TensorProto tensor) {
    long offset = locator.offset(number);
    long length = model.weights().get(number).byteLength();
    return TensorProto.newBuilder()
        .addAllDims(tensor.getDimsList())
        .setDataType(tensor.getDataType())
        .setName(name)
        .addExternalData(entry("location", WeightLocator.FILE))
        .addExternalData(entry("offset", Long.toString(offset)))
        .addExternalData(entry("length", Long.toString(length)))
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .build();
  }

  static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  private NodeProto node(NodeProto node) {
    domains.add(node.getDomain());
    function(node);
    NodeProto.Builder written = NodeProto.newBuilder().setOpType(node.getOpType());
    node.getInputList().forEach(input -> written.addInput(names.of(input)));
    node.getOutputList().forEach(output -> written.addOutput(names.of(output)));
    if (!node.getDomain().isEmpty()) {
      written.setDomain(node.getDomain());
    }
    if (!node.getOverload().isEmpty()) {
      written.setOverload(node.getOverload());
    }
    for (AttributeProto attribute : node.getAttributeList()) {
      written.addAttribute(attribute(attribute));
    }
    return written.build();
  }

  private AttributeProto attribute(AttributeProto attribute) {
    if (!attribute.hasG() && attribute.getGraphsCount() == 0) {
      return attribute;
    }
    AttributeProto.Builder written = attribute.toBuilder();
    if (attribute.hasG()) {
      written.setG(innerGraph(attribute.getG()));
    }
    for (int i = 0; i < attribute.getGraphsCount(); i++) {
      written.setGraphs(i, innerGraph(attribute.getGraphs(i)));
    }
    return written.build();
  }

  private GraphProto innerGraph(GraphProto graph) {
    GraphProto.Builder written = GraphProto.newBuilder().setName("g");
    graph.getInputList().forEach(input -> written.addInput(renamed(input)));
    graph.getOutputList().forEach(output -> written.addOutput(renamed(output)));
    for (TensorProto tensor : graph.getInitializerList()) {
      written.addInitializer(tensor.toBuilder().setName(names.of(tensor.getName())));
    }
    for (SparseTensorProto sparse : graph.getSparseInitializerList()) {
      SparseTensorProto.Builder renamed = sparse.toBuilder();
      renamed.getValuesBuilder().setName(names.of(sparse.getValues().getName()));
      written.addSparseInitializer(renamed);
    }
    graph.getNodeList().forEach(node -> written.addNode(node(node)));
    return written.build();
  }

  private ValueInfoProto renamed(ValueInfoProto value) {
    return value.toBuilder()
        .clearDocString()
        .clearMetadataProps()
        .setName(names.of(value.getName()))
        .build();
  }

  /** Takes along the local function that a node calls and those that it calls in turn. */
  private void function(NodeProto node) {
    for (FunctionProto function : model.skeleton().getFunctionsList()) {
      boolean called =
          function.getName().equals(node.getOpType())
              && function.getDomain().equals(node.getDomain())
              && function.getOverload().equals(node.getOverload());
      String key = function.getDomain() + "/" + function.getName() + "/" + function.getOverload();
      if (called && functions.putIfAbsent(key, function) == null) {
        function.getNodeList().forEach(this::callInside);
      }
    }
  }

  private void callInside(NodeProto node) {
    domains.add(node.getDomain());
    function(node);
    for (AttributeProto attribute : node.getAttributeList()) {
      attribute.getG().getNodeList().forEach(this::callInside);
    }
  }
}
