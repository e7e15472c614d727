package dev.insitu.model;

import dev.insitu.model.proto.AttributeProto;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.NodeProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Tells a tensor's role from the nodes that read it, inner graphs' nodes included. */
final class RoleFinder {

  /**
   * A role with its axis.
   *
   * @param axis the dimension of output channels, -1 if there is none
   */
  record Use(WeightRole role, int axis) {
    static final Use OTHER = new Use(WeightRole.OTHER, -1);

    static Use of(WeightRole role) {
      return new Use(role, -1);
    }
  }

  private record Reader(NodeProto node, int input) {}

  /** How many nodes that only change a tensor's form are looked through. */
  private static final int MAX_STEPS = 8;

  private final Map<String, List<Reader>> readers = new HashMap<>();
  private final Map<String, Use> found = new HashMap<>();
  private final Map<String, Fact> facts;

  RoleFinder(GraphProto graph, Map<String, Fact> facts) {
    this.facts = facts;
    collect(graph);
  }

  private void collect(GraphProto graph) {
    for (NodeProto node : graph.getNodeList()) {
      for (int i = 0; i < node.getInputCount(); i++) {
        readers.computeIfAbsent(node.getInput(i), k -> new ArrayList<>()).add(new Reader(node, i));
      }
      for (AttributeProto attribute : node.getAttributeList()) {
        if (attribute.hasG()) {
          collect(attribute.getG());
        }
        attribute.getGraphsList().forEach(this::collect);
      }
    }
  }

  /** The role that the first reader with one gives to a tensor. */
  Use find(String name) {
    return find(name, MAX_STEPS);
  }

  private Use find(String name, int steps) {
    Use known = found.get(name);
    if (known == null) {
      known = search(name, steps);
      found.put(name, known);
    }
    return known;
  }

  private Use search(String name, int steps) {
    for (Reader reader : readers.getOrDefault(name, List.of())) {
      Use use = use(reader, name, steps);
      if (use.role() != WeightRole.OTHER) {
        return use;
      }
    }
    return Use.OTHER;
  }

  private Use use(Reader reader, String name, int steps) {
    NodeProto node = reader.node();
    Fact fact = facts.getOrDefault(name, Fact.UNKNOWN);
    boolean formOnly = RoleRules.keepsValues(node, reader.input());
    if (formOnly && steps > 0 && node.getOutputCount() > 0) {
      Use after = find(node.getOutput(0), steps - 1);
      return new Use(after.role(), axisBefore(node, fact, after.axis()));
    }
    Use use = Ops.isKnown(node) ? RoleRules.use(node, reader.input(), fact) : Use.OTHER;
    return use.axis() < fact.rank() ? use : Use.of(use.role());
  }

  /** The axis before a node changed the tensor's form; -1 if it cannot be told. */
  private int axisBefore(NodeProto node, Fact before, int axis) {
    if (axis < 0 || before.rank() < 0) {
      return -1;
    }
    long[] order = Ops.integers(node, "perm");
    return switch (node.getOpType()) {
      case "Transpose" -> order == null ? before.rank() - 1 - axis : (int) order[axis];
      case "Reshape", "Squeeze", "Unsqueeze", "Flatten" ->
          sameStride(before, facts.getOrDefault(node.getOutput(0), Fact.UNKNOWN), axis);
      default -> axis;
    };
  }

  /** The axis of the same size and the same number of elements behind it. */
  private static int sameStride(Fact before, Fact after, int axis) {
    long behind = behind(after, axis);
    for (int i = 0; i < before.rank() && behind >= 0; i++) {
      if (before.dim(i) == after.dim(axis) && behind(before, i) == behind) {
        return i;
      }
    }
    return -1;
  }

  private static long behind(Fact fact, int axis) {
    long product = 1;
    for (int i = axis + 1; i < fact.rank(); i++) {
      product = fact.dim(i) < 0 ? -1 : Dims.saturatingProduct(product, fact.dim(i));
      if (product < 0) {
        return -1;
      }
    }
    return fact.rank() < 0 ? -1 : product;
  }
}
