package dev.insitu.forge.integer;

import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.TensorProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Folds a batch normalisation into the convolution before it, when nothing else reads that. */
final class FoldBatchNorm {

  private static final float DEFAULT_EPSILON = 1e-5f;

  private final EditableGraph graph;
  private final Map<String, Integer> uses;

  private FoldBatchNorm(EditableGraph graph) {
    this.graph = graph;
    this.uses = graph.uses();
  }

  /** Rewrites the graph; returns how many were folded. */
  static int apply(EditableGraph graph) {
    return new FoldBatchNorm(graph).apply();
  }

  private int apply() {
    Map<String, Integer> makers = new HashMap<>(); // value -> place of the convolution
    List<NodeProto> nodes = graph.nodes();
    List<NodeProto> kept = new ArrayList<>();
    for (NodeProto node : nodes) {
      Integer maker = Nodes.is(node, "BatchNormalization") ? makers.get(node.getInput(0)) : null;
      NodeProto folded = maker == null ? null : folded(kept.get(maker), node);
      if (maker != null && folded != null) {
        kept.set(maker, folded);
      } else {
        if (Nodes.is(node, "Conv")) {
          makers.put(node.getOutput(0), kept.size());
        }
        kept.add(node);
      }
    }
    int count = nodes.size() - kept.size();
    nodes.clear();
    nodes.addAll(kept);
    return count;
  }

  private @Nullable NodeProto folded(NodeProto conv, NodeProto norm) {
    boolean alone = uses.getOrDefault(conv.getOutput(0), 0) == 1;
    boolean training = Nodes.integer(norm, "training_mode", 0) != 0;
    TensorProto weight = graph.constant(Nodes.input(conv, 1));
    float[] w = Constants.floats(weight);
    float[][] statistics = new float[4][]; // gamma, beta, mean, variance: float[channels]
    for (int i = 0; i < statistics.length; i++) {
      float[] values = Constants.floats(graph.constant(Nodes.input(norm, 1 + i)));
      if (values == null) {
        return null;
      }
      statistics[i] = values;
    }
    int channels = statistics[0].length;
    String biasName = Nodes.input(conv, 2);
    float[] bias =
        biasName.isEmpty() ? new float[channels] : Constants.floats(graph.constant(biasName));
    if (!alone || training || weight == null || w == null || bias == null) {
      return null;
    }
    float epsilon = Nodes.real(norm, "epsilon", DEFAULT_EPSILON);
    float[] scaled = w.clone();
    float[] shifted = new float[channels];
    int row = w.length / channels;
    for (int c = 0; c < channels; c++) {
      double gain = statistics[0][c] / Math.sqrt((double) statistics[3][c] + epsilon);
      for (int i = c * row; i < (c + 1) * row; i++) {
        scaled[i] = (float) (w[i] * gain);
      }
      shifted[c] = (float) ((bias[c] - statistics[2][c]) * gain + statistics[1][c]);
    }
    boolean shared = uses.getOrDefault(weight.getName(), 0) > 1;
    String name = shared ? graph.fresh(weight.getName() + "_folded") : weight.getName();
    graph.put(Constants.ofFloats(name, scaled, Constants.dims(weight)));
    String shift = graph.fresh(name + "_bias");
    graph.put(Constants.ofFloats(shift, shifted, channels));
    NodeProto renamed = conv.toBuilder().setOutput(0, norm.getOutput(0)).build();
    return Nodes.withInput(Nodes.withInput(renamed, 1, name), 2, shift);
  }
}
