package dev.insitu.forge.integer;

import dev.insitu.model.proto.NodeProto;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes means over height and width as the global pooling that integer hardware has. */
final class PoolMeans {

  private static final int PICTURE_RANK = 4;

  private PoolMeans() {}

  /**
   * Rewrites the graph.
   *
   * @param shapes of values, for some samples
   */
  static void apply(EditableGraph graph, Map<String, long[]> shapes) {
    List<NodeProto> nodes = graph.nodes();
    for (int i = 0; i < nodes.size(); i++) {
      NodeProto node = nodes.get(i);
      long[] shape = shapes.get(Nodes.input(node, 0));
      if (Nodes.is(node, "ReduceMean")
          && shape != null
          && shape.length == PICTURE_RANK
          && Nodes.integer(node, "keepdims", 1) == 1
          && overPicture(axes(graph, node))) {
        nodes.set(i, Nodes.of("GlobalAveragePool", List.of(node.getInput(0)), node.getOutput(0)));
      }
    }
  }

  private static boolean overPicture(long @Nullable [] axes) {
    if (axes == null) {
      return false;
    }
    long[] sorted =
        Arrays.stream(axes).map(axis -> axis < 0 ? axis + PICTURE_RANK : axis).sorted().toArray();
    return Arrays.equals(sorted, new long[] {2, 3});
  }

  private static long @Nullable [] axes(EditableGraph graph, NodeProto node) {
    var attribute = Nodes.attribute(node, "axes");
    return attribute == null
        ? Constants.longs(graph.constant(Nodes.input(node, 1)))
        : attribute.getIntsList().stream().mapToLong(Long::longValue).toArray();
  }
}
