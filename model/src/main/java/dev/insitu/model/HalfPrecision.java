package dev.insitu.model;

import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.TensorProto.DataType;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tells which nodes of a float16 model ONNX Runtime computes in float32 on a CPU.
 *
 * <p>Nodes without a float16 kernel get casts around them, and casts that undo each other are
 * removed, so runs of such nodes are computed in float32 without rounding in between. A node with a
 * float16 kernel joins them if all it reads comes from such nodes and all that read it are such
 * nodes ("isolated"). This follows ONNX Runtime 1.29's insert_cast_transformer; the list of kernels
 * was found by loading one-node models. Where it is wrong, as on a processor with more kernels,
 * segments round differently from the whole model, by float16's precision.
 */
final class HalfPrecision {

  private static final Set<String> KERNELS =
      Set.copyOf(
          Ops.names(
              """
              Cast CastLike Clip Concat Expand Flatten FusedMatMul Gather GatherElements GatherND Gemm
              GroupQueryAttention Identity LayerNormalization MatMul MatMulNBits Max Min
              MultiHeadAttention Reshape RotaryEmbedding Round ScatterND SimplifiedLayerNormalization
              Sign SkipLayerNormalization SkipSimplifiedLayerNormalization Slice Split Squeeze
              Transpose Unsqueeze
              """));

  private final OnnxModel model;
  private final Map<String, List<Integer>> readers = new HashMap<>();
  private final BitSet widened = new BitSet();

  HalfPrecision(OnnxModel model) {
    this.model = model;
    List<Integer> running = model.order().running();
    for (int node : running) {
      for (String name : model.index().reads(node)) {
        readers.computeIfAbsent(name, k -> new ArrayList<>()).add(node);
      }
      NodeProto proto = model.index().node(node);
      boolean kernel = KERNELS.contains(proto.getOpType()) || Ops.hasGraphs(proto);
      widened.set(node, !kernel && proto.getInputList().stream().anyMatch(this::isHalf));
    }
    for (int node : running) {
      if (!widened.get(node) && isIsolated(node)) {
        widened.set(node);
      }
    }
  }

  /** Whether the node that makes a value is computed in float32. */
  boolean isMadeInFloat(String name) {
    int producer = model.index().producer(name);
    return producer >= 0 && widened.get(producer);
  }

  private boolean isHalf(String name) {
    int type = model.facts().getOrDefault(name, Fact.UNKNOWN).type();
    return type == DataType.FLOAT16_VALUE;
  }

  private boolean isIsolated(int node) {
    NodeProto proto = model.index().node(node);
    boolean reads =
        proto.getInputList().stream().anyMatch(input -> isHalf(input) && isMadeInFloat(input));
    boolean makes = false;
    for (String output : proto.getOutputList()) {
      if (model.index().outputs().contains(output)) {
        return false;
      }
      if (isHalf(output)) {
        makes = true;
        if (!readers.getOrDefault(output, List.of()).stream().allMatch(widened::get)) {
          return false;
        }
      }
    }
    return reads && makes && !Ops.hasGraphs(proto);
  }
}
