package dev.insitu.model;

import dev.insitu.model.proto.AttributeProto;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.TensorProto.DataType;

/**
 * Carries float16 and bfloat16 values over a cut as float32, with a Cast at either end. A runtime
 * without half-precision kernels computes in float32 and rounds only where it must; without the
 * casts every cut would round once more and the segments' results would not be the whole model's.
 * The value goes by its own name across the cut and by a short one inside the graphs.
 */
final class Widening {

  private Widening() {}

  /**
   * Whether a value crosses cuts as float32 though it is not; what the model returns is left as it
   * is.
   */
  static boolean isWidened(OnnxModel model, String name) {
    int type = model.facts().getOrDefault(name, Fact.UNKNOWN).type();
    boolean half = type == DataType.FLOAT16_VALUE || type == DataType.BFLOAT16_VALUE;
    return half && model.index().producer(name) >= 0 && !model.index().outputs().contains(name);
  }

  /** The segment's graph with casts behind its inputs and before its outputs. */
  static ModelProto add(OnnxModel model, ShortNames names, Segment segment, ModelProto graph) {
    GraphProto.Builder cast = graph.getGraph().toBuilder().clearNode();
    for (String input : segment.inputs()) {
      if (isWidened(model, input)) {
        cast.addNode(
            cast(input, names.of(input), model.facts().getOrDefault(input, Fact.UNKNOWN).type()));
      }
    }
    cast.addAllNode(graph.getGraph().getNodeList());
    for (String output : segment.outputs()) {
      if (isWidened(model, output)) {
        cast.addNode(cast(names.of(output), output, DataType.FLOAT_VALUE));
      }
    }
    return graph.toBuilder().setGraph(cast).build();
  }

  private static NodeProto cast(String from, String to, int type) {
    return NodeProto.newBuilder()
        .setOpType("Cast")
        .addInput(from)
        .addOutput(to)
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("to")
                .setType(AttributeProto.AttributeType.INT)
                .setI(type))
        .build();
  }
}
