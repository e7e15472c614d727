package dev.insitu.model;

import java.util.List;

/** What a graph says of the values that it reads. */
public final class GraphValues {

  private GraphValues() {}

  /**
   * The inputs that a graph declares, in its order.
   *
   * @param graph a serialized ModelProto, as {@link SegmentGraphs} makes it
   * @throws OnnxException if the graph is damaged
   */
  public static List<ValueInfo> inputs(byte[] graph) {
    return PlainOnnx.parse(graph).getGraph().getInputList().stream().map(ValueInfo::of).toList();
  }
}
