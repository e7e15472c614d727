package dev.insitu.model;

import dev.insitu.model.proto.NodeProto;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One node with what is known of its inputs; rules note what follows for its outputs. */
final class OpFacts {

  private final NodeProto node;
  private final int opset;
  private final List<Fact> inputs;
  private final Fact[] outputs;

  /**
   * A node whose outputs are not known yet.
   *
   * @param opset version of the node's operator set
   */
  OpFacts(NodeProto node, int opset, List<Fact> inputs) {
    this.node = node;
    this.opset = opset;
    this.inputs = inputs;
    this.outputs = new Fact[node.getOutputCount()];
    Arrays.fill(outputs, Fact.UNKNOWN);
  }

  NodeProto node() {
    return node;
  }

  int opset() {
    return opset;
  }

  int inputCount() {
    return inputs.size();
  }

  boolean has(int input) {
    return input < node.getInputCount() && !node.getInput(input).isEmpty();
  }

  /** What is known of an input; nothing of an absent one. */
  Fact in(int input) {
    return input < inputs.size() ? inputs.get(input) : Fact.UNKNOWN;
  }

  Fact out(int output) {
    return outputs[output];
  }

  void set(int output, Fact fact) {
    if (output < outputs.length) {
      outputs[output] = fact;
    }
  }

  void setAll(Fact fact) {
    Arrays.fill(outputs, fact);
  }

  /** The first output, known by type and shape. */
  void first(int type, long @Nullable [] dims) {
    set(0, Fact.of(type, dims));
  }

  long integer(String attribute, long otherwise) {
    return Ops.integer(node, attribute, otherwise);
  }

  /** An attribute of that name or else the values of that input; null if neither is known. */
  long @Nullable [] integers(String attribute, int input) {
    long[] list = Ops.integers(node, attribute);
    return list != null ? list : integers(input);
  }

  /** The values of an input; null unless all are known. */
  long @Nullable [] integers(int input) {
    double[] values = in(input).values();
    if (values == null) {
      return null;
    }
    long[] list = new long[values.length];
    for (int i = 0; i < list.length; i++) {
      if (Double.isNaN(values[i])) {
        return null;
      }
      list[i] = (long) values[i];
    }
    return list;
  }

  /** An axis attribute as an index from the front. */
  int axis(String attribute, long otherwise, int rank) {
    return axis(integer(attribute, otherwise), rank);
  }

  static int axis(long axis, int rank) {
    return (int) (axis < 0 ? axis + rank : axis);
  }
}
