package dev.insitu.train;

import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.NodeProto;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Tells from the nodes that read a tensor whether it is a parameter, and which. Tensors of one
 * element, and what is subtracted or divided by, are constants: scales of attention, means and
 * deviations of the input.
 */
final class ParameterFinder {

  private record Reader(NodeProto node, int input) {}

  private static final Set<String> KEEPS_VALUES =
      Set.of(
          "Identity",
          "Cast",
          "CastLike",
          "Transpose",
          "Reshape",
          "Squeeze",
          "Unsqueeze",
          "Flatten",
          "Slice",
          "Split",
          "Concat",
          "Expand");

  private final Map<String, List<Reader>> readers = new HashMap<>();

  ParameterFinder(GraphProto graph) {
    for (NodeProto node : graph.getNodeList()) {
      for (int i = 0; i < node.getInputCount(); i++) {
        readers.computeIfAbsent(node.getInput(i), k -> new ArrayList<>()).add(new Reader(node, i));
      }
    }
  }

  /** The role of an initializer; empty if it is a constant. */
  Optional<ParameterRole> role(String initializer, long elements) {
    Deque<String> names = new ArrayDeque<>(List.of(initializer));
    Set<String> seen = new HashSet<>(names);
    ParameterRole found = null;
    while (!names.isEmpty()) {
      for (Reader reader : readers.getOrDefault(names.remove(), List.of())) {
        String op = reader.node().getOpType();
        if (KEEPS_VALUES.contains(op) && (reader.input() == 0 || op.equals("Concat"))) {
          reader.node().getOutputList().stream().filter(seen::add).forEach(names::add);
        }
        Optional<ParameterRole> role = role(op, reader.input(), elements);
        if (role.isPresent() && role.get() == ParameterRole.STATISTIC) {
          return role;
        }
        found = found == null ? role.orElse(null) : found;
      }
    }
    return Optional.ofNullable(found);
  }

  private static Optional<ParameterRole> role(String op, int input, long elements) {
    ParameterRole role =
        switch (op) {
          case "Conv", "ConvTranspose" -> input == 1 ? ParameterRole.WEIGHT : ParameterRole.BIAS;
          case "Gemm" -> input <= 1 ? ParameterRole.WEIGHT : ParameterRole.BIAS;
          case "MatMul" -> ParameterRole.WEIGHT;
          case "BatchNormalization" -> input <= 2 ? ParameterRole.NORM : ParameterRole.STATISTIC;
          case "InstanceNormalization", "LayerNormalization", "GroupNormalization" ->
              ParameterRole.NORM;
          case "RMSNormalization", "PRelu" -> ParameterRole.NORM;
          case "Gather" -> input == 0 && elements > 1 ? ParameterRole.EMBEDDING : null;
          case "Add", "Sum" -> elements > 1 ? ParameterRole.BIAS : null;
          case "Mul" -> elements > 1 ? ParameterRole.NORM : null;
          default -> null;
        };
    return Optional.ofNullable(role);
  }
}
