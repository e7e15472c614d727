package dev.insitu.model;

import dev.insitu.model.proto.AttributeProto;
import dev.insitu.model.proto.NodeProto;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads nodes: domain, attributes, a name to show. */
public final class Ops {

  private Ops() {}

  /** Whether the domain is ONNX's own. */
  public static boolean isStandard(String domain) {
    return domain.isEmpty() || domain.equals("ai.onnx");
  }

  /**
   * Whether the node's operator is ONNX's or ONNX Runtime's own, so that its name says what it
   * does.
   */
  public static boolean isKnown(NodeProto node) {
    return isStandard(node.getDomain()) || node.getDomain().equals("com.microsoft");
  }

  /** The node in words. */
  public static String text(NodeProto node) {
    return "node '" + label(node) + "' (" + node.getOpType() + ")";
  }

  /** The node's name or, without one, that of its first output. */
  public static String label(NodeProto node) {
    if (!node.getName().isEmpty() || node.getOutputCount() == 0) {
      return node.getName();
    }
    return node.getOutput(0);
  }

  /** Operator names in a text, separated by white space. */
  public static List<String> names(String text) {
    return List.of(text.strip().split("\\s+", -1));
  }

  public static @Nullable AttributeProto attribute(NodeProto node, String name) {
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.getName().equals(name)) {
        return attribute;
      }
    }
    return null;
  }

  public static long integer(NodeProto node, String name, long otherwise) {
    AttributeProto attribute = attribute(node, name);
    return attribute == null ? otherwise : attribute.getI();
  }

  /** A list of integers; null if the node has no such attribute. */
  public static long @Nullable [] integers(NodeProto node, String name) {
    AttributeProto attribute = attribute(node, name);
    return attribute == null ? null : Dims.of(attribute.getIntsList());
  }

  /** A list of floats; null if the node has no such attribute. */
  static @Nullable List<Float> floats(NodeProto node, String name) {
    AttributeProto attribute = attribute(node, name);
    return attribute == null ? null : attribute.getFloatsList();
  }

  public static String string(NodeProto node, String name, String otherwise) {
    AttributeProto attribute = attribute(node, name);
    return attribute == null ? otherwise : attribute.getS().toStringUtf8();
  }

  /** Whether the node has graphs of its own. */
  public static boolean hasGraphs(NodeProto node) {
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.hasG() || attribute.getGraphsCount() > 0) {
        return true;
      }
    }
    return false;
  }
}
