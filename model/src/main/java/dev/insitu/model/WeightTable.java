package dev.insitu.model;

import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.TensorProto;
import dev.insitu.model.proto.TensorProto.DataType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides which constants are weights: numbers them in the order of first use, tensors at the same
 * place in a file as one, takes small indices back into the graph and drops what nothing uses.
 */
final class WeightTable {

  /**
   * A model whose initializers are marked with their weight's number or carry their values.
   *
   * @param model the model
   * @param weights by number
   * @param parameterCount elements of all trained tensors, small ones included
   */
  record Result(ModelProto model, List<Weight> weights, long parameterCount) {}

  private record Place(WeightData data, int elementType) {}

  private final StoredTensors stored;
  private final RoleFinder roles;
  private final Map<Place, Integer> numbers = new HashMap<>();
  private final List<Weight> weights = new ArrayList<>();
  private final Map<String, TensorProto> kept = new HashMap<>();
  private long parameterCount;

  private WeightTable(StoredTensors stored, RoleFinder roles) {
    this.stored = stored;
    this.roles = roles;
  }

  static Result build(ModelProto model, StoredTensors stored) {
    GraphIndex index = new GraphIndex(model.getGraph());
    ExecutionOrder order = new ExecutionOrder(index);
    Map<String, Fact> facts = ShapeInference.infer(model, order.topological(), null);
    WeightTable table = new WeightTable(stored, new RoleFinder(model.getGraph(), facts));
    Set<String> used = used(index, order);
    for (String name : used) {
      TensorProto tensor = index.initializers().get(name);
      if (tensor != null) {
        table.kept.put(name, table.place(tensor));
      }
    }
    GraphProto.Builder graph = model.getGraph().toBuilder().clearInitializer();
    for (TensorProto tensor : model.getGraph().getInitializerList()) {
      TensorProto placed = table.kept.get(tensor.getName());
      if (placed != null) {
        graph.addInitializer(placed);
      }
    }
    return new Result(
        model.toBuilder().setGraph(graph).build(), table.weights, table.parameterCount);
  }

  /** What running nodes read and outputs are, in order of first use. */
  private static Set<String> used(GraphIndex index, ExecutionOrder order) {
    Set<String> used = new LinkedHashSet<>();
    for (int node : order.withConstants(index, order.running(), index.outputs())) {
      used.addAll(index.reads(node));
    }
    used.addAll(index.outputs());
    return used;
  }

  private TensorProto place(TensorProto tensor) {
    RoleFinder.Use use = roles.find(tensor.getName());
    long elements = ElementTypes.elements(Dims.of(tensor.getDimsList()));
    if (StoredTensors.number(tensor) < 0) {
      parameterCount += use.role() == WeightRole.OTHER ? 0 : elements;
      return tensor;
    }
    WeightData data = stored.data(tensor);
    int type = tensor.getDataType();
    if (isIndex(type, use.role()) && data.byteLength() <= TensorReader.INLINE_INDEX_BYTES) {
      return StoredTensors.withValues(tensor, data);
    }
    Integer number = numbers.get(new Place(data, type));
    if (number == null) {
      number = weights.size();
      numbers.put(new Place(data, type), number);
      weights.add(
          new Weight(
              number,
              tensor.getName(),
              type,
              Dims.of(tensor.getDimsList()),
              use.role(),
              use.axis(),
              data));
      parameterCount += isIndex(type, use.role()) ? 0 : elements;
    }
    return StoredTensors.marked(tensor, number);
  }

  /** Whether the tensor holds indices or the like rather than parameters. */
  private static boolean isIndex(int type, WeightRole role) {
    boolean quantized = type == DataType.INT8_VALUE || type == DataType.UINT8_VALUE;
    return role == WeightRole.OTHER
        && !ElementTypes.isFloat(type)
        && !quantized
        && ElementTypes.bits(type) >= 8;
  }
}
