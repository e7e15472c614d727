package dev.insitu.model;

import dev.insitu.model.proto.FunctionProto;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.OperatorSetIdProto;
import dev.insitu.model.proto.TensorProto;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A model and heads for its exits as one model, which has the outputs of all of them: what ties
 * channels together does so across heads too.
 */
public final class HeadedModel {

  private HeadedModel() {}

  /**
   * Joins a model and heads.
   *
   * @param weights all weights of the joined model by number, the root's first
   * @param numbers for each head by number of its weight the number among all
   */
  public static OnnxModel of(
      OnnxModel root, List<HeadGraph> heads, List<Weight> weights, List<List<Integer>> numbers) {
    if (heads.isEmpty()) {
      return root;
    }
    ModelProto.Builder joined = root.skeleton().toBuilder();
    GraphProto.Builder graph = joined.getGraphBuilder();
    Map<String, FunctionProto> functions = new LinkedHashMap<>();
    joined.getFunctionsList().forEach(function -> functions.put(key(function), function));
    Set<String> domains = new HashSet<>();
    joined.getOpsetImportList().forEach(set -> domains.add(set.getDomain()));
    for (int i = 0; i < heads.size(); i++) {
      ModelProto head = heads.get(i).joinable();
      for (TensorProto tensor : head.getGraph().getInitializerList()) {
        int number = StoredTensors.number(tensor);
        graph.addInitializer(
            number < 0 ? tensor : StoredTensors.marked(tensor, numbers.get(i).get(number)));
      }
      graph
          .addAllSparseInitializer(head.getGraph().getSparseInitializerList())
          .addAllNode(head.getGraph().getNodeList())
          .addAllOutput(head.getGraph().getOutputList());
      head.getFunctionsList().forEach(f -> functions.putIfAbsent(key(f), f));
      for (OperatorSetIdProto set : head.getOpsetImportList()) {
        if (!Ops.isStandard(set.getDomain()) && domains.add(set.getDomain())) {
          joined.addOpsetImport(set);
        }
      }
    }
    joined.clearFunctions().addAllFunctions(functions.values());
    return root.derived(joined.build(), weights);
  }

  private static String key(FunctionProto function) {
    return function.getDomain() + ":" + function.getName() + ":" + function.getOverload();
  }
}
