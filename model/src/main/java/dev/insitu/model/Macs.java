package dev.insitu.model;

import dev.insitu.model.proto.AttributeProto;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.NodeProto;
import java.util.Map;

/** Counts multiply-accumulates; elementwise work counts nothing. */
final class Macs {

  private final Map<String, Fact> facts;

  Macs(Map<String, Fact> facts) {
    this.facts = facts;
  }

  /**
   * The work of one node; of an If the dearer branch, of a loop one round. At most 2^62, 0 if
   * unknown.
   */
  long of(NodeProto node) {
    return switch (node.getOpType()) {
      case "If" -> branches(node);
      case "Conv", "FusedConv", "ConvInteger" -> byWeight(out(node), in(node, 1), 1);
      case "QLinearConv" -> byWeight(out(node), in(node, 3), 1);
      case "ConvTranspose" -> byWeight(in(node, 0), in(node, 1), 1);
      case "Gemm", "FusedGemm" ->
          times(out(node).elements(), in(node, 0).dim(Ops.integer(node, "transA", 0) == 0 ? 1 : 0));
      case "MatMul", "MatMulInteger", "QLinearMatMul", "FusedMatMul" ->
          times(out(node).elements(), in(node, 0).dim(-1));
      case "DynamicQuantizeMatMul", "MatMulIntegerToFloat" ->
          times(out(node).elements(), in(node, 0).dim(-1));
      case "MatMulNBits" -> times(out(node).elements(), Ops.integer(node, "K", 0));
      case "Attention" -> times(in(node, 0).elements(), in(node, 1).dim(-1));
      case "LSTM", "GRU", "RNN" -> recurrent(node);
      default -> inside(node);
    };
  }

  private long branches(NodeProto node) {
    long most = 0;
    for (AttributeProto attribute : node.getAttributeList()) {
      most = Math.max(most, graph(attribute.getG()));
    }
    return most;
  }

  private long inside(NodeProto node) {
    long sum = 0;
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.hasG()) {
        sum = add(sum, graph(attribute.getG()));
      }
    }
    return sum;
  }

  private long graph(GraphProto graph) {
    long sum = 0;
    for (NodeProto node : graph.getNodeList()) {
      sum = add(sum, of(node));
    }
    return sum;
  }

  /** Every position's elements of the weight behind its first dimension. */
  private static long byWeight(Fact positions, Fact weight, int firstAxis) {
    long each = 1;
    for (int i = firstAxis; i < weight.rank(); i++) {
      each = times(each, weight.dim(i));
    }
    return weight.rank() < 0 ? 0 : times(positions.elements(), each);
  }

  /** Each of the steps multiplies the input and the last state with all gates. */
  private long recurrent(NodeProto node) {
    Fact input = in(node, 0);
    long samples = times(input.dim(0), input.dim(1));
    return add(times(samples, in(node, 1).elements()), times(samples, in(node, 2).elements()));
  }

  private Fact in(NodeProto node, int input) {
    return input < node.getInputCount()
        ? facts.getOrDefault(node.getInput(input), Fact.UNKNOWN)
        : Fact.UNKNOWN;
  }

  private Fact out(NodeProto node) {
    return facts.getOrDefault(node.getOutput(0), Fact.UNKNOWN);
  }

  static long add(long a, long b) {
    return Math.min(1L << 62, a + b);
  }

  private static long times(long a, long b) {
    return a < 0 || b < 0 ? 0 : Dims.saturatingProduct(a, b);
  }
}
