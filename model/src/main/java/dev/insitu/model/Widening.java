package dev.insitu.model;

import dev.insitu.model.proto.AttributeProto;
import dev.insitu.model.proto.AttributeProto.AttributeType;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.TensorProto.DataType;

/**
 * Carries float16 and bfloat16 values over a cut as float32, with a Cast at either end. A runtime
 * without half-precision kernels computes in float32 and rounds only where it must; without the
 * casts every cut would round once more and the segments' results would not be the whole model's.
 * The value goes by its own name across the cut and by a short one inside the graphs.
 *
 * <p>What the whole model computes in float32 is to be computed so in the segments too. Since a
 * Cast counts as half precision there, an operator that leaves every value as it is, and has no
 * float16 kernel, stands between the Cast and the rest (see {@link HalfPrecision}).
 */
final class Widening {

  private final OnnxModel model;
  private final ShortNames names;
  private final HalfPrecision precision;

  Widening(OnnxModel model, ShortNames names) {
    this.model = model;
    this.names = names;
    this.precision = new HalfPrecision(model);
  }

  /**
   * Whether a value crosses cuts as float32 though it is not; what the model returns is left as it
   * is.
   */
  static boolean isWidened(OnnxModel model, String name) {
    int type = type(model, name);
    boolean half = type == DataType.FLOAT16_VALUE || type == DataType.BFLOAT16_VALUE;
    return half && model.index().producer(name) >= 0 && !model.index().outputs().contains(name);
  }

  private static int type(OnnxModel model, String name) {
    return model.facts().getOrDefault(name, Fact.UNKNOWN).type();
  }

  /** The segment's graph with casts behind its inputs and before its outputs. */
  ModelProto add(Segment segment, ModelProto graph) {
    GraphProto.Builder wide = graph.getGraph().toBuilder().clearNode();
    for (String input : segment.inputs()) {
      if (isWidened(model, input)) {
        boolean keeper = precision.isMadeInFloat(input);
        String narrow = names.of(input);
        wide.addNode(cast(input, keeper ? narrow + "~i" : narrow, type(model, input)));
        if (keeper) {
          wide.addNode(keep(narrow + "~i", narrow));
        }
      }
    }
    wide.addAllNode(graph.getGraph().getNodeList());
    for (String output : segment.outputs()) {
      if (isWidened(model, output)) {
        boolean keeper = precision.isMadeInFloat(output);
        String narrow = names.of(output);
        if (keeper) {
          wide.addNode(keep(narrow, narrow + "~o"));
        }
        wide.addNode(cast(keeper ? narrow + "~o" : narrow, output, DataType.FLOAT_VALUE));
      }
    }
    return graph.toBuilder().setGraph(wide).build();
  }

  static NodeProto cast(String from, String to, int type) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName("to").setType(AttributeType.INT).setI(type);
    return node("Cast", from, to, attribute);
  }

  /** LeakyRelu with slope 1, which no optimisation takes for the identity that it is. */
  private static NodeProto keep(String from, String to) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName("alpha").setType(AttributeType.FLOAT).setF(1);
    return node("LeakyRelu", from, to, attribute);
  }

  private static NodeProto node(
      String op, String from, String to, AttributeProto.Builder attribute) {
    return NodeProto.newBuilder()
        .setOpType(op)
        .addInput(from)
        .addOutput(to)
        .addAttribute(attribute)
        .build();
  }
}
