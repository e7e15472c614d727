package dev.insitu.model;

import dev.insitu.model.proto.FunctionProto;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.OperatorSetIdProto;
import dev.insitu.model.proto.SparseTensorProto;
import dev.insitu.model.proto.TensorProto;
import dev.insitu.model.proto.ValueInfoProto;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Joins the graphs of consecutive segments into one: a model of less depth. */
public final class SegmentJoin {

  private SegmentJoin() {}

  /**
   * The graph that runs all the segments and then an exit's head, which makes the outputs.
   *
   * @param graphs of segments of one model from the first on, as {@link SegmentGraphs} makes them
   * @param head as {@link HeadGraph} makes it
   * @param heads names of the head's outputs
   * @param outputs names that these are to have instead: those of the whole model's
   * @throws OnnxException if a graph is damaged, or the head cannot be joined to the segments
   */
  public static byte[] join(
      List<byte[]> graphs, byte[] head, List<String> heads, List<String> outputs) {
    ModelProto last = PlainOnnx.parse(head);
    List<ModelProto> models = new ArrayList<>();
    Set<String> taken = new HashSet<>(Renaming.names(last));
    taken.addAll(outputs);
    for (byte[] graph : graphs) {
      ModelProto model = PlainOnnx.parse(graph);
      Opsets.requireJoinable(model, last);
      taken.addAll(Renaming.names(model));
      models.add(model);
    }
    Map<String, String> names = new HashMap<>();
    outputs.forEach(output -> names.put(output, unused(output, taken))); // made early as well
    models.replaceAll(model -> Renaming.of(model, name -> names.getOrDefault(name, name)));
    for (int i = 0; i < heads.size(); i++) {
      names.put(heads.get(i), outputs.get(i));
    }
    models.add(Renaming.of(last, name -> names.getOrDefault(name, name)));
    return joined(models, List.of(), outputs);
  }

  private static String unused(String name, Set<String> taken) {
    String other = name + "~";
    while (!taken.add(other)) {
      other += "~";
    }
    return other;
  }

  /**
   * The graph that runs all the segments one after the other.
   *
   * @param graphs of consecutive segments of one model, as {@link SegmentGraphs} makes them
   * @param inputs names that come first among the graph's inputs, in this order, if a segment reads
   *     them
   * @param outputs names of the values that the joined graph gives; each made by one of the
   *     segments
   * @throws OnnxException if a graph is damaged or an output is made by none of them
   */
  public static byte[] join(List<byte[]> graphs, List<String> inputs, List<String> outputs) {
    return joined(graphs.stream().map(PlainOnnx::parse).toList(), inputs, outputs);
  }

  private static byte[] joined(List<ModelProto> models, List<String> first, List<String> outputs) {
    Map<String, ValueInfoProto> inputs = new LinkedHashMap<>();
    Map<String, ValueInfoProto> made = new LinkedHashMap<>();
    Map<String, TensorProto> initializers = new LinkedHashMap<>();
    List<NodeProto> nodes = new ArrayList<>();
    Set<String> computed = new HashSet<>();
    for (ModelProto model : models) {
      GraphProto graph = model.getGraph();
      for (ValueInfoProto input : graph.getInputList()) {
        if (!made.containsKey(input.getName())) {
          inputs.putIfAbsent(input.getName(), input);
        }
      }
      graph
          .getInitializerList()
          .forEach(tensor -> initializers.putIfAbsent(tensor.getName(), tensor));
      for (NodeProto node : graph.getNodeList()) {
        // what depends on constants only may stand in several segments
        if (computed.addAll(
            node.getOutputList().stream().filter(name -> !name.isEmpty()).toList())) {
          nodes.add(node);
        }
      }
      graph.getOutputList().forEach(output -> made.put(output.getName(), output));
    }
    ModelProto beginning = models.getFirst();
    Map<String, FunctionProto> functions = new LinkedHashMap<>();
    Map<String, OperatorSetIdProto> operators = new LinkedHashMap<>();
    Map<String, SparseTensorProto> sparse = new LinkedHashMap<>();
    for (ModelProto model : models) {
      model
          .getFunctionsList()
          .forEach(f ->
              functions.putIfAbsent(f.getDomain() + ":" + f.getName() + ":" + f.getOverload(), f));
      model.getOpsetImportList().forEach(set -> operators.putIfAbsent(set.getDomain(), set));
      model
          .getGraph()
          .getSparseInitializerList()
          .forEach(tensor -> sparse.putIfAbsent(tensor.getValues().getName(), tensor));
    }
    GraphProto.Builder joined =
        GraphProto.newBuilder()
            .setName(beginning.getGraph().getName())
            .addAllInput(ordered(inputs, first))
            .addAllInitializer(initializers.values())
            .addAllSparseInitializer(sparse.values())
            .addAllNode(nodes);
    for (String output : outputs) {
      ValueInfoProto value = made.get(output);
      if (value == null) {
        throw new OnnxException(
            "none of these " + models.size() + " segments makes '" + output + "'");
      }
      joined.addOutput(value);
    }
    long version = models.stream().mapToLong(ModelProto::getIrVersion).max().orElseThrow();
    return beginning.toBuilder()
        .setIrVersion(version)
        .setGraph(joined)
        .clearFunctions()
        .addAllFunctions(functions.values())
        .clearOpsetImport()
        .addAllOpsetImport(operators.values())
        .build()
        .toByteArray();
  }

  private static Collection<ValueInfoProto> ordered(
      Map<String, ValueInfoProto> inputs, List<String> first) {
    Map<String, ValueInfoProto> ordered = new LinkedHashMap<>();
    first.stream().filter(inputs::containsKey).forEach(name -> ordered.put(name, inputs.get(name)));
    ordered.putAll(inputs);
    return ordered.values();
  }
}
