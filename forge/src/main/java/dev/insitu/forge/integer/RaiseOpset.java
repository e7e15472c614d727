package dev.insitu.forge.integer;

import dev.insitu.model.proto.AttributeProto;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.NodeProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Brings older models to operator set 13, where integer weights have a scale per channel. */
final class RaiseOpset {

  private static final int WANTED = 13;
  private static final int WANTED_FORMAT = 7;

  /** By operator the version from which on nodes mean the same in version 13. */
  private static final Map<String, Integer> SAME_SINCE = new HashMap<>();

  static {
    since(1, "Conv ConvTranspose GlobalAveragePool GlobalMaxPool MatMul Transpose Identity Shape");
    since(1, "Softplus LRN MaxPool AveragePool Gather");
    since(4, "Concat");
    since(5, "Reshape");
    since(6, "Relu Sigmoid Tanh Sqrt Exp Log Neg Abs LeakyRelu Elu Selu HardSigmoid Reciprocal");
    since(6, "InstanceNormalization Tile Floor Ceil");
    since(7, "Add Sub Mul Div Pow Gemm PRelu");
    since(8, "Max Min Mean Sum Expand");
    since(9, "BatchNormalization Flatten Erf Where Cast ConstantOfShape NonZero");
    since(10, "Slice");
    since(1, "ReduceMean ReduceMax ReduceMin ReduceProd ReduceL2");
    since(7, "Equal Greater Less And Or Not");
    since(11, "Clip Pad Resize");
  }

  private static final Map<String, List<String>> AS_INPUTS =
      Map.of(
          "Slice", List.of("starts", "ends", "axes"),
          "Squeeze", List.of("axes"),
          "Unsqueeze", List.of("axes"),
          "ReduceSum", List.of("axes"));

  private static final Set<String> SOFTMAX = Set.of("Softmax", "LogSoftmax");

  private RaiseOpset() {}

  private static void since(int version, String operators) {
    for (String operator : operators.split(" ", -1)) {
      SAME_SINCE.put(operator, version);
    }
  }

  /**
   * The model in operator set 13, or as it is if that is newer.
   *
   * @throws IntegerException if a node may mean something else there
   */
  static ModelProto toPerChannel(ModelProto model) {
    EditableGraph graph = new EditableGraph(model);
    int opset = graph.opset();
    if (opset >= WANTED) {
      return model;
    }
    List<NodeProto> raised = new ArrayList<>();
    for (NodeProto node : graph.nodes()) {
      int since = SAME_SINCE.getOrDefault(node.getOpType(), Integer.MAX_VALUE);
      if (!Nodes.isStandard(node) || since <= opset) {
        raised.add(node);
      } else if (SOFTMAX.contains(node.getOpType())) {
        addSoftmax(node, graph, raised);
      } else if (AS_INPUTS.containsKey(node.getOpType())) {
        raised.add(withInputs(node, graph));
      } else {
        throw unknown(node, opset);
      }
    }
    ModelProto changed = WholeModel.withOpset(graph.build(raised, List.of()), WANTED);
    return changed.toBuilder().setIrVersion(Math.max(WANTED_FORMAT, model.getIrVersion())).build();
  }

  /** Lists that were attributes are inputs now. */
  private static NodeProto withInputs(NodeProto node, EditableGraph graph) {
    NodeProto.Builder changed = node.toBuilder();
    for (String name : AS_INPUTS.getOrDefault(node.getOpType(), List.of())) {
      AttributeProto attribute = Nodes.attribute(node, name);
      if (attribute != null) {
        long[] values = attribute.getIntsList().stream().mapToLong(Long::longValue).toArray();
        String constant = graph.fresh(node.getOutput(0) + "_" + name);
        graph.put(Constants.ofLongs(constant, values, values.length));
        changed.addInput(constant);
      }
    }
    changed.clearAttribute();
    for (AttributeProto attribute : node.getAttributeList()) {
      if (!AS_INPUTS.getOrDefault(node.getOpType(), List.of()).contains(attribute.getName())) {
        changed.addAttribute(attribute);
      }
    }
    return changed.build();
  }

  /** Was over all dimensions from the axis on together, is over one. */
  private static void addSoftmax(NodeProto node, EditableGraph graph, List<NodeProto> into) {
    long axis = Nodes.integer(node, "axis", 1);
    String input = node.getInput(0);
    String flat = graph.fresh(input + "_flat");
    String shape = graph.fresh(input + "_shape");
    String result = graph.fresh(node.getOutput(0) + "_flat");
    into.add(Nodes.of("Shape", List.of(input), shape));
    into.add(Nodes.withAxis(Nodes.of("Flatten", List.of(input), flat), axis));
    into.add(Nodes.withAxis(Nodes.of(node.getOpType(), List.of(flat), result), -1));
    into.add(Nodes.of("Reshape", List.of(result, shape), node.getOutput(0)));
  }

  private static IntegerException unknown(NodeProto node, int opset) {
    return new IntegerException(
        "The model is of operator set "
            + opset
            + "; integer models need "
            + WANTED
            + ", in which its node "
            + node.getOpType()
            + " may mean something else.\nMaybe export it with opset "
            + WANTED
            + " or newer.");
  }
}
