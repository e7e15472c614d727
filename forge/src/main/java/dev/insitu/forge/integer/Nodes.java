package dev.insitu.forge.integer;

import dev.insitu.model.proto.AttributeProto;
import dev.insitu.model.proto.AttributeProto.AttributeType;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.NodeProto;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads and makes graph nodes. */
public final class Nodes {

  private Nodes() {}

  /** Whether the node is of ONNX's own operators. */
  public static boolean isStandard(NodeProto node) {
    return node.getDomain().isEmpty() || node.getDomain().equals("ai.onnx");
  }

  /** Whether the node is ONNX's own operator of that name. */
  public static boolean is(NodeProto node, String operator) {
    return isStandard(node) && node.getOpType().equals(operator);
  }

  /** Whether the node is one of ONNX's own operators. */
  static boolean isOneOf(NodeProto node, Set<String> operators) {
    return isStandard(node) && operators.contains(node.getOpType());
  }

  /** The name of an input; empty if there is none. */
  public static String input(NodeProto node, int index) {
    return index < node.getInputCount() ? node.getInput(index) : "";
  }

  static @Nullable AttributeProto attribute(NodeProto node, String name) {
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.getName().equals(name)) {
        return attribute;
      }
    }
    return null;
  }

  /** An integer attribute. */
  public static long integer(NodeProto node, String name, long otherwise) {
    AttributeProto attribute = attribute(node, name);
    return attribute == null ? otherwise : attribute.getI();
  }

  /** A float attribute. */
  public static float real(NodeProto node, String name, float otherwise) {
    AttributeProto attribute = attribute(node, name);
    return attribute == null ? otherwise : attribute.getF();
  }

  /** A node without a name, as names must differ. */
  public static NodeProto of(String operator, List<String> inputs, String output) {
    return NodeProto.newBuilder().setOpType(operator).addAllInput(inputs).addOutput(output).build();
  }

  static NodeProto withAxis(NodeProto node, long axis) {
    return node.toBuilder()
        .addAttribute(
            AttributeProto.newBuilder().setName("axis").setType(AttributeType.INT).setI(axis))
        .build();
  }

  /** The node with another input. */
  public static NodeProto withInput(NodeProto node, int index, String value) {
    NodeProto.Builder changed = node.toBuilder();
    while (changed.getInputCount() <= index) {
      changed.addInput("");
    }
    return changed.setInput(index, value).build();
  }

  /** Collects the names that graphs inside a node read, their own values included. */
  static void innerReads(NodeProto node, Set<String> into) {
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.hasG()) {
        reads(attribute.getG(), into);
      }
      attribute.getGraphsList().forEach(graph -> reads(graph, into));
    }
  }

  private static void reads(GraphProto graph, Set<String> into) {
    graph.getOutputList().forEach(output -> into.add(output.getName()));
    for (NodeProto node : graph.getNodeList()) {
      into.addAll(node.getInputList());
      innerReads(node, into);
    }
  }
}
