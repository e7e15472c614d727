package dev.insitu.train.ops;

import dev.insitu.model.proto.NodeProto;
import dev.insitu.train.TrainException;
import java.util.Map;
import java.util.TreeMap;

/** The operators that can be trained, by name. */
public final class Operators {

  /**
   * An operator with the versions it is known from.
   *
   * @param since first version of ONNX's operator set, 7 for all that are older
   */
  record Entry(int since, Operator operator) {}

  /** Oldest version of ONNX's operator set whose models are trained. */
  public static final int MIN_OPSET = 7;

  private static final Map<String, Entry> ENTRIES = new TreeMap<>();

  static {
    Arithmetic.register(ENTRIES);
    Comparisons.register(ENTRIES);
    Activations.register(ENTRIES);
    Convolutions.register(ENTRIES);
    Normalizations.register(ENTRIES);
    Matrices.register(ENTRIES);
    Pooling.register(ENTRIES);
    Reshaping.register(ENTRIES);
    Slicing.register(ENTRIES);
    Indexing.register(ENTRIES);
    Reductions.register(ENTRIES);
    Resizing.register(ENTRIES);
  }

  private Operators() {}

  /** Names of the operators, each with the first version of the operator set that has it. */
  public static Map<String, Integer> known() {
    Map<String, Integer> known = new TreeMap<>();
    ENTRIES.forEach((name, entry) -> known.put(name, entry.since()));
    return known;
  }

  /**
   * What a node does.
   *
   * @throws TrainException if its operator is not among these
   */
  public static Operator require(NodeProto node, int opset) {
    Entry entry = isStandard(node) ? ENTRIES.get(node.getOpType()) : null;
    if (entry == null || opset < MIN_OPSET) {
      throw new TrainException(
          text(node)
              + " of opset "
              + opset
              + (isStandard(node) ? "" : " in domain " + node.getDomain())
              + " cannot be trained: its operator has no differentiable form here."
              + "\nMaybe make the package without re-training, which needs none.");
    }
    return entry.operator();
  }

  private static boolean isStandard(NodeProto node) {
    return node.getDomain().isEmpty() || node.getDomain().equals("ai.onnx");
  }

  /** A node in words. */
  public static String text(NodeProto node) {
    String name = node.getName();
    if (name.isEmpty() && node.getOutputCount() > 0) {
      name = node.getOutput(0);
    }
    return "Node '" + name + "' (" + node.getOpType() + ")";
  }

  static void add(Map<String, Entry> into, String name, int since, Operator.Single operator) {
    into.put(name, new Entry(since, operator.asOperator()));
  }

  static void add(Map<String, Entry> into, String name, Operator.Single operator) {
    add(into, name, MIN_OPSET, operator);
  }
}
