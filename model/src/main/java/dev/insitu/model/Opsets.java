package dev.insitu.model;

import dev.insitu.model.proto.FunctionProto;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.OperatorSetIdProto;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Whether graphs that were written for different operator sets mean the same in one of them. */
final class Opsets {

  /**
   * For each operator the first version of ONNX's set from which on it has the same inputs and the
   * same meaning in all later ones, to version 25; newer attributes and types aside, which an older
   * set refuses.
   */
  private static final Map<String, Integer> SETTLED = new HashMap<>();

  static {
    settled(1, "GlobalAveragePool GlobalMaxPool Conv ConvTranspose MatMul Transpose Identity");
    settled(1, "Softplus LpNormalization");
    settled(4, "Concat");
    settled(5, "Reshape");
    settled(6, "Relu Sigmoid Tanh Sqrt Exp Log Neg Abs LeakyRelu Elu HardSigmoid Reciprocal");
    settled(6, "InstanceNormalization Tile Floor Ceil");
    settled(7, "Add Sub Mul Div Pow Gemm AveragePool");
    settled(8, "Max Min Mean Sum MaxPool Expand");
    settled(9, "BatchNormalization Flatten Erf PRelu Where Cast");
    settled(11, "Gather Clip");
    settled(12, "Dropout");
    settled(13, "Softmax LogSoftmax Hardmax ReduceSum Squeeze Unsqueeze ArgMax ArgMin");
    settled(14, "HardSwish");
    settled(17, "LayerNormalization");
    settled(18, "ReduceMean ReduceMax ReduceMin ReduceL2 Split Pad Mish");
    settled(20, "Gelu");
  }

  private Opsets() {}

  private static void settled(int version, String operators) {
    Ops.names(operators).forEach(operator -> SETTLED.put(operator, version));
  }

  /**
   * Requires that a graph means the same with the operator sets of another.
   *
   * @param base whose operator sets are kept
   * @param other what is to be joined to it
   * @throws OnnxException naming the operator that may not
   */
  static void requireJoinable(ModelProto base, ModelProto other) {
    for (OperatorSetIdProto mine : base.getOpsetImportList()) {
      for (OperatorSetIdProto theirs : other.getOpsetImportList()) {
        boolean standard = Ops.isStandard(mine.getDomain());
        boolean same =
            standard
                ? Ops.isStandard(theirs.getDomain())
                : mine.getDomain().equals(theirs.getDomain());
        if (same && mine.getVersion() != theirs.getVersion()) {
          long lower = Math.min(mine.getVersion(), theirs.getVersion());
          requireSettled(other.getGraph().getNodeList(), theirs, mine.getVersion(), lower);
        }
      }
    }
    requireSameFunctions(base, other);
  }

  private static void requireSettled(
      List<NodeProto> nodes, OperatorSetIdProto set, long wanted, long lower) {
    boolean standard = Ops.isStandard(set.getDomain());
    for (NodeProto node : nodes) {
      boolean inSet =
          standard ? Ops.isStandard(node.getDomain()) : node.getDomain().equals(set.getDomain());
      boolean settled =
          standard && SETTLED.getOrDefault(node.getOpType(), Integer.MAX_VALUE) <= lower;
      if (inSet && !settled) {
        throw new OnnxException(
            Ops.text(node)
                + " is of version "
                + set.getVersion()
                + " of the operator set; in version "
                + wanted
                + ", the model's, it may mean something else\nMaybe export it with opset "
                + wanted
                + ".");
      }
      for (var attribute : node.getAttributeList()) {
        for (GraphProto inner : attribute.getGraphsList()) {
          requireSettled(inner.getNodeList(), set, wanted, lower);
        }
        requireSettled(attribute.getG().getNodeList(), set, wanted, lower);
      }
    }
  }

  private static void requireSameFunctions(ModelProto base, ModelProto other) {
    for (FunctionProto mine : base.getFunctionsList()) {
      for (FunctionProto theirs : other.getFunctionsList()) {
        boolean sameName =
            mine.getDomain().equals(theirs.getDomain())
                && mine.getName().equals(theirs.getName())
                && mine.getOverload().equals(theirs.getOverload());
        if (sameName && !mine.equals(theirs)) {
          throw new OnnxException(
              "local function '"
                  + mine.getName()
                  + "' is another one in the model\nMaybe export it with functions inlined.");
        }
      }
    }
  }
}
