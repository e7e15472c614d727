package dev.insitu.forge.integer;

import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.TensorProto;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A node that multiplies with constant weights: a convolution, Gemm or MatMul that integer kernels
 * exist for.
 *
 * @param node the node
 * @param weights {@code float[dims]}
 * @param dims of the weights
 * @param axis dimension of output channels in the weights
 * @param bias {@code float[channels]}; of zeros if the node has none
 */
@SuppressWarnings("ArrayRecordComponent")
record Layer(NodeProto node, float[] weights, long[] dims, int axis, float[] bias) {

  private static final Set<String> OPERATORS = Set.of("Conv", "Gemm", "MatMul");

  /** The layer that a node is; null if it is none. */
  static @Nullable Layer of(NodeProto node, EditableGraph graph) {
    TensorProto tensor = graph.constant(Nodes.input(node, 1));
    float[] weights = Constants.floats(tensor);
    if (!Nodes.isOneOf(node, OPERATORS) || tensor == null || weights == null) {
      return null;
    }
    long[] dims = Constants.dims(tensor);
    int axis = axis(node, dims);
    if (axis < 0 || weights.length == 0) {
      return null;
    }
    String biasName = Nodes.input(node, 2);
    float[] bias =
        biasName.isEmpty()
            ? new float[(int) dims[axis]]
            : Constants.floats(graph.constant(biasName));
    return bias == null || bias.length != dims[axis]
        ? null
        : new Layer(node, weights, dims, axis, bias);
  }

  private static int axis(NodeProto node, long[] dims) {
    return switch (node.getOpType()) {
      case "Conv" -> dims.length >= 3 ? 0 : -1;
      case "Gemm" -> {
        boolean plain =
            Nodes.integer(node, "transA", 0) == 0
                && Nodes.real(node, "alpha", 1) == 1
                && Nodes.real(node, "beta", 1) == 1;
        yield !plain || dims.length != 2 ? -1 : Nodes.integer(node, "transB", 0) == 0 ? 1 : 0;
      }
      default -> dims.length == 2 ? 1 : -1;
    };
  }

  /** What names the layer: its weights, which keep their name through all changes of a graph. */
  String name() {
    return node.getInput(1);
  }

  /** Whether somebody who says this name means the layer. */
  boolean isCalled(String wanted) {
    return wanted.equals(name()) || wanted.equals(node.getName()) || wanted.equals(output());
  }

  String input() {
    return node.getInput(0);
  }

  String output() {
    return node.getOutput(0);
  }

  /** Whether the node adds the bias itself. */
  boolean takesBias() {
    return !node.getOpType().equals("MatMul");
  }

  boolean isConvolution() {
    return node.getOpType().equals("Conv");
  }
}
