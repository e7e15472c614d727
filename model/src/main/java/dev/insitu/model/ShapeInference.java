package dev.insitu.model;

import dev.insitu.model.proto.AttributeProto;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.OperatorSetIdProto;
import dev.insitu.model.proto.TensorProto;
import dev.insitu.model.proto.TensorProto.DataType;
import dev.insitu.model.proto.ValueInfoProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds types and shapes of a normalized model's values without running it. What it states follows
 * from the types and shapes of the inputs, which a runtime enforces; an operator without a rule
 * leaves its outputs unknown, and nothing makes it fail.
 */
final class ShapeInference {

  private static final Map<String, Consumer<OpFacts>> RULES = new HashMap<>();

  static {
    ElementwiseRules.register(RULES);
    WindowRules.register(RULES);
    MatrixRules.register(RULES);
    MovementRules.register(RULES);
    IndexRules.register(RULES);
  }

  /** Since this version Scan's inputs are those of its body. */
  private static final int SCAN_WITHOUT_LENGTHS = 9;

  private final Map<String, Fact> facts = new HashMap<>();
  private final Map<String, Integer> declaredTypes = new HashMap<>();
  private final int opset;

  private ShapeInference(int opset) {
    this.opset = opset;
  }

  /**
   * Facts by value name, inner graphs' values included.
   *
   * @param order the main graph's nodes, each after those it reads from
   * @param hints sizes for open dimensions; null leaves them open
   */
  static Map<String, Fact> infer(ModelProto model, int[] order, @Nullable ShapeHints hints) {
    ShapeInference inference = new ShapeInference(opset(model));
    GraphProto graph = model.getGraph();
    for (ValueInfoProto input : graph.getInputList()) {
      long[] dims = ValueInfo.dims(input.getType());
      int type = input.getType().getTensorType().getElemType();
      inference.facts.put(
          input.getName(), Fact.of(type, hints == null ? dims : hints.fill(input, dims)));
    }
    graph.getValueInfoList().forEach(inference::declare);
    graph.getOutputList().forEach(inference::declare);
    inference.constants(graph);
    for (int node : order) {
      inference.node(graph.getNode(node));
    }
    return inference.facts;
  }

  /** Version of ONNX's own operator set; 1 if the model names none. */
  static int opset(ModelProto model) {
    for (OperatorSetIdProto set : model.getOpsetImportList()) {
      if (Ops.isStandard(set.getDomain())) {
        return (int) set.getVersion();
      }
    }
    return 1;
  }

  private void constants(GraphProto graph) {
    for (TensorProto tensor : graph.getInitializerList()) {
      Fact fact = Fact.of(tensor.getDataType(), Dims.of(tensor.getDimsList()));
      facts.put(tensor.getName(), fact.withValues(SmallValues.of(tensor, fact.elements())));
    }
    graph
        .getSparseInitializerList()
        .forEach(sparse ->
            facts.put(
                sparse.getValues().getName(),
                Fact.of(sparse.getValues().getDataType(), Dims.of(sparse.getDimsList()))));
  }

  private void node(NodeProto node) {
    List<Fact> inputs = new ArrayList<>();
    for (String input : node.getInputList()) {
      inputs.add(facts.getOrDefault(input, Fact.UNKNOWN));
    }
    OpFacts op = new OpFacts(node, opset, inputs);
    try {
      apply(op);
    } catch (RuntimeException e) {
      // A node that breaks its operator's rules: the runtime will say so, here it is only unknown.
      op.setAll(Fact.UNKNOWN);
    }
    for (int i = 0; i < node.getOutputCount(); i++) {
      if (!node.getOutput(i).isEmpty()) {
        put(node.getOutput(i), op.out(i));
      }
    }
  }

  private void declare(ValueInfoProto value) {
    declaredTypes.put(value.getName(), value.getType().getTensorType().getElemType());
  }

  /** A type that no rule gives is believed as the model declares it; a shape is not. */
  private void put(String name, Fact fact) {
    int type = fact.type() != 0 ? fact.type() : declaredTypes.getOrDefault(name, 0);
    facts.put(name, fact.withType(type));
  }

  private void apply(OpFacts op) {
    if (!Ops.isKnown(op.node())) {
      return;
    }
    switch (op.node().getOpType()) {
      case "Constant" -> {}
      case "If" -> branches(op);
      case "Loop" -> loop(op);
      case "Scan" -> scan(op);
      default -> {
        Consumer<OpFacts> rule = RULES.get(op.node().getOpType());
        if (rule != null) {
          rule.accept(op);
          op.set(0, op.out(0).withValues(SmallValues.output(op)));
        }
      }
    }
  }

  private void branches(OpFacts op) {
    List<Fact> then = inner(op.node(), "then_branch", List.of());
    List<Fact> otherwise = inner(op.node(), "else_branch", List.of());
    double[] condition = op.in(0).values();
    double chosen = condition == null ? Double.NaN : condition[0];
    for (int i = 0; i < op.node().getOutputCount(); i++) {
      Fact either = then.get(i).or(otherwise.get(i));
      op.set(i, Double.isNaN(chosen) ? either : chosen == 0 ? otherwise.get(i) : then.get(i));
    }
  }

  /** What is carried around a loop keeps its type; its shape may change from round to round. */
  private void loop(OpFacts op) {
    List<Fact> given = new ArrayList<>();
    given.add(Fact.of(DataType.INT64_VALUE));
    given.add(Fact.of(DataType.BOOL_VALUE));
    for (int i = 2; i < op.inputCount(); i++) {
      given.add(Fact.ofType(op.in(i).type()));
    }
    List<Fact> results = inner(op.node(), "body", given);
    for (int i = 0; i < op.node().getOutputCount(); i++) {
      op.set(i, Fact.ofType(results.get(i + 1).type()));
    }
  }

  private void scan(OpFacts op) {
    if (op.opset() < SCAN_WITHOUT_LENGTHS) {
      return;
    }
    List<Fact> given = new ArrayList<>();
    for (int i = 0; i < op.inputCount(); i++) {
      given.add(Fact.ofType(op.in(i).type()));
    }
    List<Fact> results = inner(op.node(), "body", given);
    for (int i = 0; i < op.node().getOutputCount(); i++) {
      op.set(i, Fact.ofType(results.get(i).type()));
    }
  }

  /** Walks an inner graph; the facts of its outputs. */
  private List<Fact> inner(NodeProto node, String name, List<Fact> given) {
    AttributeProto attribute = Ops.attribute(node, name);
    if (attribute == null) {
      throw new IllegalArgumentException("no " + name);
    }
    GraphProto graph = attribute.getG();
    for (int i = 0; i < graph.getInputCount(); i++) {
      ValueInfoProto input = graph.getInput(i);
      Fact fact = i < given.size() ? given.get(i) : Fact.UNKNOWN;
      int type = fact.type() != 0 ? fact.type() : input.getType().getTensorType().getElemType();
      facts.put(input.getName(), fact.withType(type));
    }
    constants(graph);
    for (NodeProto inner : graph.getNodeList()) {
      TensorProto constant = ConstantNodes.tensor(inner);
      if (constant == null) {
        node(inner);
      } else {
        Fact fact = Fact.of(constant.getDataType(), Dims.of(constant.getDimsList()));
        facts.put(inner.getOutput(0), fact.withValues(SmallValues.of(constant, fact.elements())));
      }
    }
    return graph.getOutputList().stream()
        .map(output -> facts.getOrDefault(output.getName(), Fact.UNKNOWN))
        .toList();
  }
}
