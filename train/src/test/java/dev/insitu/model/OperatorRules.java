package dev.insitu.model;

import dev.insitu.model.proto.NodeProto;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** What the module model knows of operators, for the reference page. */
public final class OperatorRules {

  private static final int MOST_INPUTS = 9;

  private OperatorRules() {}

  /** Operators whose outputs' types are known, so that a model can be cut behind them. */
  public static Set<String> cut() {
    Map<String, Consumer<OpFacts>> rules = new HashMap<>();
    ElementwiseRules.register(rules);
    WindowRules.register(rules);
    MatrixRules.register(rules);
    MovementRules.register(rules);
    IndexRules.register(rules);
    return new TreeSet<>(rules.keySet());
  }

  /** The inputs of an operator whose weights are coded in few bits. */
  public static Set<Integer> quantised(String op) {
    NodeProto node = NodeProto.newBuilder().setOpType(op).build();
    Fact matrix = Fact.of(1, new long[] {8, 8});
    Set<Integer> inputs = new HashSet<>();
    for (int input = 0; input < MOST_INPUTS; input++) {
      if (RoleRules.use(node, input, matrix).role().isMatrix()) {
        inputs.add(input);
      }
    }
    return inputs;
  }

  /** Whether an operator hands a weight on to others, who decide what becomes of it. */
  public static boolean passesOn(String op) {
    NodeProto node = NodeProto.newBuilder().setOpType(op).build();
    return RoleRules.keepsValues(node, 0);
  }
}
